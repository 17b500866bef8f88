"""The runs of the delivery oracle: the main level, where policies come from, how the service is set up.

All but the first are short.
"""

import dataclasses
import re
import subprocess
from collections.abc import Callable

from . import destinations, factors, routes, socketmap
from .hosts import ZONE

POLICY = "texthash:$config_directory/tls_policy"
MAY = {"smtp_tls_security_level": "may"}
TABLE = {"smtp_tls_policy_maps": POLICY}
BY_TABLE = {**MAY, **TABLE}
DANE = {**TABLE, "smtp_tls_security_level": "dane"}
ELSEWHERE = "relayed"   # destinations of these runs alone
EHLO = r"level-|refuses-tls-|no-starttls-|ends-after-220-|greets-|first-no-st|d-ee\."
SERVICE = "unix - - n - 20 smtp -o max_use=1"
PORT = 2600   # of the socketmap server; 2601: nobody


@dataclasses.dataclass(frozen=True)
class Run:
    settings: dict
    pattern: str = ""                    # of the recipients' domains
    chosen: Callable = None              # more of them
    files: dict = dataclasses.field(default_factory=dict)   # of the configuration, as text, beside the tables
    smtp: str = SERVICE
    answers: dict = None                 # of a socketmap server
    resolver_sets_ad: bool = True

    def belongs(self, domain):
        return re.match(self.pattern, domain) or self.chosen and self.chosen(domain)


# /i is what makes an expression distinguish upper and lower case.
EXPRESSIONS = r"""# comment
/^mixed-case\.test$/i secure
/^Mixed-Case\.test$/i verify
if /^match-/
/^match-(hostname|nexthop)\./ secure match=$1
endif
/^\.parents\.test$/ encrypt
!/^(level-.*|no-entry|form-.*|expired-.*|[abc]\..*|parents|mistake-.*)\.?/ none
/^mistake-0/ must
"""

# A key in other letters is another key to a server.
ANSWERS = {"level-secure.test": "OK secure match=hostname", "mixed-case.test": "OK none", "Mixed-Case.test": "OK verify",
           "level-may.test": "TEMP come back later", "level-encrypt.test": "PERM go away", "level-verify.test": "TIMEOUT ",
           "level-dane.test": "what", ".a.parents.test": "OK encrypt", "level-none.test": "OK bogus",
           "no-entry.test": "OK ", "expired-verify.test": "OK secure\nmatch=hostname"}

SEVERAL = ("inline:{{level-may.test = encrypt}, {MIXED-case.test = encrypt}}, regexp:$config_directory/expressions "
           f"socketmap:inet:127.0.0.1:{PORT}:policy texthash:$config_directory/tls_policy")

RUNS = {
    "policy": Run(BY_TABLE, f"(?!{ELSEWHERE})"),
    "main-dane": Run(DANE,
                     r"(d|o)-|no-entry|form-brackets-no|level-|c\.b\.a"),
    "broken-table": Run(BY_TABLE, r"no-entry|level-none|first-refused|form-brackets\."),
    "without-ad": Run(DANE, r"(d|o)-|level-dane|first-refused", resolver_sets_ad=False),
    "both-families": Run({**BY_TABLE, "inet_protocols": "all", "smtp_address_preference": "ipv6"}, "[fs]-"),
    "four-first": Run({**BY_TABLE, "inet_protocols": "all", "smtp_address_preference": "ipv4", "smtp_mx_address_limit": "3",
                       "smtp_balance_inet_protocols": "no", "smtp_defer_if_no_mx_address_found": "yes"}, "[fs]-"),
    "six-alone": Run({**BY_TABLE, "inet_protocols": "ipv6", "inet_interfaces": "[fd00:da::9]",
                      "mynetworks": "[fd00:da::]/64"}, "f-"),
    "mx-errors-ignored": Run({**TABLE, "ignore_mx_lookup_error": "yes"}, "$^", routes.bears_on_lookups),
    "system-lookup": Run({**TABLE, "smtp_host_lookup": "native"}, "$^", routes.bears_on_lookups),
    "both-lookups": Run({**TABLE, "smtp_host_lookup": "dns, native", "inet_protocols": "all"}, "$^",
                        routes.bears_on_lookups),
    "no-dns": Run({**TABLE, "smtp_dns_support_level": "disabled"}, "$^", routes.bears_on_lookups),
    "no-dns-as-of-old": Run({**TABLE, "smtp_dns_support_level": "", "disable_dns_lookups": "yes",
                             "inet_protocols": "all"}, "$^", routes.bears_on_lookups),
    "other-port": Run({**TABLE, "smtp_tcp_port": str(factors.OTHER_PORT)},
                      r"form-(brackets|domain|no-mx|address)|level-(verify|may)|r-(myself(?!-equal)|numeric)"),
    "other-dialogue": Run({**TABLE, "smtp_cname_overrides_servername": "yes", "smtp_skip_5xx_greeting": "no"},
                          r"greets|.*greets|.*alias|d-linked|level-verify|form-brackets\."),
    "starttls-discarded": Run({**BY_TABLE, "smtp_discard_ehlo_keywords":
                               "chunking smtputf8, dsn enhancedstatuscodes xforward xclient vrfy verp StartTLS size "
                               "pipelining etrn auth 8bitmime"}, EHLO),
    "keywords-discarded": Run({**BY_TABLE, "smtp_discard_ehlo_keywords": "dsn"}, EHLO),
    "starttls-silently-discarded": Run({**BY_TABLE, "smtp_discard_ehlo_keywords": "silent-discard starttls"}, EHLO),
    "by-greeting": Run({**BY_TABLE, "smtp_always_send_ehlo": "no", "smtp_pix_workarounds": "delay_dotcrlf"},
                       EHLO + r"|greets-"),
    "no-pix": Run({**BY_TABLE, "smtp_pix_workarounds": ""}, r"greets-(stars|bare)"),
    "helo": Run({**TABLE, "smtp_never_send_ehlo": "yes"}, EHLO),
    "fallback": Run({**TABLE, "smtp_fallback_relay": f"[good.{ZONE}]"},
                    r"level-|null-mx|nothing-there|r-(myself(?!-equal)|null|absent|failing|malformed)|greets-|"
                    r"refused1-|first-|all-fail|mistake-1\.|mx-servfail|o-|d-servfail"),
    "relayhosts": Run({**TABLE, "transport_maps": "", "relayhost": f"{routes.RELAY}, [good.{ZONE}]"}, ELSEWHERE),
    "relayhost": Run({**TABLE, "transport_maps": "", "relayhost": routes.RELAY}, ELSEWHERE),
    "per-site": Run({**MAY, "smtp_tls_per_site": "texthash:$config_directory/per_site"}, "$^", destinations.in_per_site),
    "regexp": Run({**MAY, "smtp_tls_policy_maps": "regexp:$config_directory/expressions"},
                  r"mixed-case|match-|level-m|no-entry|[abc]\.|parents|form-upper|mistake-0",
                  files={"expressions": EXPRESSIONS}),
    "socketmap": Run({**MAY, "smtp_tls_policy_maps": f"socketmap:inet:127.0.0.1:{PORT}:policy"},
                     r"level-|mixed-case|[abc]\.|no-entry|expired-verify", answers=ANSWERS),
    "socketmap-lines": Run({**MAY, "smtp_tls_policy_maps": f"socketmap:inet:127.0.0.1:{PORT}:policy"}, r"level-|no-entry",
                           answers={"level-may.test": "OK verify\nlevel-encrypt.test\tnone", "no-entry.test": "OK encrypt"}),
    "socketmap-dead": Run({**MAY, "smtp_tls_policy_maps": f"socketmap:inet:127.0.0.1:{PORT + 1}:policy"}, r"level-n|no-entry"),
    "services": Run({**BY_TABLE, "smtp_tls_mandatory_ciphers": "$own_grade", "own_grade": "medium"}),
    "several": Run({**MAY, "smtp_tls_policy_maps": SEVERAL}, r"level-|mixed-case|match-|[abc]\.|no-entry|tafile-root",
                   files={"expressions": EXPRESSIONS.replace("\n!/", "\n#")}, answers=ANSWERS),
}

# The same in Perl's expressions, where their package is installed.
if "pcre" in subprocess.run(["postconf", "-m"], capture_output=True, text=True).stdout.split():
    RUNS["pcre"] = dataclasses.replace(
        RUNS["regexp"], settings={**MAY, "smtp_tls_policy_maps": "pcre:$config_directory/expressions"})
