"""The runs of the delivery oracle: the main level, where policies come from, how the service is set up.

All but the first are short.
"""

import dataclasses
import re
import subprocess
from collections.abc import Callable

from . import destinations, socketmap

POLICY = "texthash:$config_directory/tls_policy"
MAY = {"smtp_tls_security_level": "may"}
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
    "policy": Run({**MAY, "smtp_tls_policy_maps": POLICY}),
    "main-dane": Run({"smtp_tls_security_level": "dane", "smtp_tls_policy_maps": POLICY},
                     r"(d|o)-|no-entry|form-brackets-no|level-|c\.b\.a"),
    "broken-table": Run({**MAY, "smtp_tls_policy_maps": POLICY}, r"no-entry|level-none|first-refused|form-brackets\."),
    "per-site": Run({**MAY, "smtp_tls_per_site": "texthash:$config_directory/per_site"}, "$^", destinations.in_per_site),
    "regexp": Run({**MAY, "smtp_tls_policy_maps": "regexp:$config_directory/expressions"},
                  r"mixed-case|match-|level-m|no-entry|[abc]\.|parents|form-upper|mistake-0",
                  files={"expressions": EXPRESSIONS}),
    "socketmap": Run({**MAY, "smtp_tls_policy_maps": f"socketmap:inet:127.0.0.1:{PORT}:policy"},
                     r"level-|mixed-case|[abc]\.|no-entry|expired-verify", answers=ANSWERS),
    "socketmap-dead": Run({**MAY, "smtp_tls_policy_maps": f"socketmap:inet:127.0.0.1:{PORT + 1}:policy"}, r"level-n|no-entry"),
    "services": Run({**MAY, "smtp_tls_policy_maps": POLICY, "smtp_tls_mandatory_ciphers": "$own_grade", "own_grade": "medium"}),
    "several": Run({**MAY, "smtp_tls_policy_maps": SEVERAL}, r"level-|mixed-case|match-|[abc]\.|no-entry|tafile-root",
                   files={"expressions": EXPRESSIONS.replace("\n!/", "\n#")}, answers=ANSWERS),
}

# The same in Perl's expressions, where their package is installed.
if "pcre" in subprocess.run(["postconf", "-m"], capture_output=True, text=True).stdout.split():
    RUNS["pcre"] = dataclasses.replace(
        RUNS["regexp"], settings={**MAY, "smtp_tls_policy_maps": "pcre:$config_directory/expressions"})
