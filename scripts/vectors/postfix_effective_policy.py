#!/usr/bin/python3
"""Vectors of Postfix's TLS policy for one next-hop and one of its MX hosts: tables, main.cf and DNS put together.

Expectations of `genuine log` were read in the logs of that Postfix; the others follow its source and documentation."""
from common import File

REFERENCE = "Postfix TLS_README, Server access by destination"
CONFIGURATION = "client TLS configuration problem"
HEX = "5a" * 32
LOG = "genuine log of Postfix 3.7.11"
RUN = "smtp(8) of Postfix 3.7.11"
LOG_3_12 = "genuine log of Postfix 3.12"
LOG_3_5 = "genuine log of Postfix 3.5.27"
MAPS = 'warning: smtp_tls_policy_maps, next-hop destination "{}": {}'
DNSSEC = {"smtp_dns_support_level": "dnssec"}


def dns(mx="secure", host="secure", tlsa="found", records=(f"3 1 1 {HEX}",), **more):
    """Answers for mx.example.net, the MX host of example.com."""
    return {"mx": mx, "host": host, "tlsa": tlsa, "records": list(records) if tlsa == "found" else [],
            "owner": "_25._tcp.mx.example.net", "base_domain": "mx.example.net", "names": ["mx.example.net", "example.com"]} | more


class Rows:
    def __init__(self, file):
        self.file = file

    def add(self, name, description, rules, expected, *, version="3.7.11", table=None, per_site=None, main_cf=None,
            nexthop="example.com", mx="mx.example.net", source="by the rule: Postfix source", **more):
        given = {"version": version, "main_cf": {"smtp_tls_security_level": "may"} | (main_cf or {}), "nexthop": nexthop, "mx": mx}
        if table is not None:
            given["policy_table"] = [table] if isinstance(table, str) else table
        if per_site is not None:
            given["per_site_table"] = per_site
        given |= more
        self.file.add(name, description, rules, REFERENCE, source, given, {"warnings": []} | expected)


def usable(level, source="policy-table", **more):
    return {"outcome": "usable", "level": level, "source": source} | more


def refused(text=CONFIGURATION, warnings=(), dsn="4.7.5", source="policy-table", nexthop="example.com", mx="mx.example.net",
            version=None):
    lines = [w for w in warnings]
    if version is None:
        lines.append(f"warning: TLS policy lookup for {nexthop}/{mx}: {text}")
    return {"outcome": "refused", "dsn": dsn, "text": text, "source": source, "warnings": lines}


def of_levels(rows):
    """Where the level comes from, and what goes with it."""
    add = rows.add
    add("main-cf-may", "main.cf alone", "P25", usable("may", "main.cf", match=[], exclusions=""))
    add("main-cf-empty", "no level at all", "P25", usable("none", "main.cf"), main_cf={"smtp_tls_security_level": ""})
    add("main-cf-use-tls", "smtp_use_tls of old", "P25", usable("may", "main.cf"),
        main_cf={"smtp_tls_security_level": "", "smtp_use_tls": "yes"})
    add("main-cf-enforce-tls", "smtp_enforce_tls of old", "P25", usable("verify", "main.cf", match=["hostname"]),
        main_cf={"smtp_tls_security_level": "", "smtp_enforce_tls": "yes"})
    add("main-cf-enforce-no-name", "smtp_enforce_tls without names", "P25", usable("encrypt", "main.cf"),
        main_cf={"smtp_tls_security_level": "", "smtp_enforce_tls": "yes", "smtp_tls_enforce_peername": "no"})
    add("main-cf-secure", "secure has two patterns", "P10", usable("secure", "main.cf", match=["nexthop", "dot-nexthop"],
                                                                 exclusions="aNULL"), main_cf={"smtp_tls_security_level": "secure"})
    add("main-cf-match", "main.cf's patterns part at comma, space and colon", "P11",
        usable("secure", "main.cf", match=["a.test", "b.test", "c.test", "d.test"]),
        main_cf={"smtp_tls_security_level": "secure", "smtp_tls_secure_cert_match": "a.test, b.test:c.test d.test"})
    add("table-weakens", "a table's level replaces main.cf's, a weaker one too", "P25", usable("none"), table="example.com none",
        main_cf={"smtp_tls_security_level": "secure"})
    add("table-misses", "no entry", "P25", usable("encrypt", "main.cf"), table="example.org none",
        main_cf={"smtp_tls_security_level": "encrypt"})
    add("any-case", "a level in capitals", "P22", usable("secure", match=["mxa.example.test"]),
        table="example.com SECURE match=mxa.example.test", source=LOG)
    add("comma", "a comma parts as a space does", "P22", usable("secure", match=["mxa.example.test"]),
        table="example.com secure,match=mxa.example.test", source=LOG)
    add("match-colon", "match= parts at the colon", "P11", usable("secure", match=["hostname", "nexthop"]),
        table="example.com secure match=hostname:nexthop", source=LOG)
    add("match-twice", "match= may stand twice", "P10", usable("secure", match=["nope.test", "mxa.example.test"]),
        table="example.com secure match=nope.test match=mxa.example.test", source=LOG)
    add("match-replaces", "match= replaces the default", "P10", usable("verify", match=["nexthop"]), table="example.com verify match=nexthop")
    add("exclude-may", "nothing is left out at may", "P23", usable("may", exclusions="MD5"), table="example.com may exclude=MD5",
        main_cf={"smtp_tls_exclude_ciphers": "RC4", "smtp_tls_mandatory_exclude_ciphers": "3DES"})
    add("exclude-encrypt", "main.cf's lists, and eNULL, at encrypt", "P23", usable("encrypt", exclusions="RC4 3DES eNULL"),
        table="example.com encrypt",
        main_cf={"smtp_tls_exclude_ciphers": "RC4", "smtp_tls_mandatory_exclude_ciphers": "3DES"})
    add("exclude-secure", "exclude= replaces both lists, aNULL goes with it", "P23", usable("secure", exclusions="MD5 aNULL"),
        table="example.com secure exclude=MD5",
        main_cf={"smtp_tls_exclude_ciphers": "RC4", "smtp_tls_mandatory_exclude_ciphers": "3DES"})
    add("protocols-may", "may takes smtp_tls_protocols", "P23", usable("may", protocols="!TLSv1", grade="low"), table="example.com may",
        main_cf={"smtp_tls_protocols": "!TLSv1", "smtp_tls_mandatory_protocols": "TLSv1.3", "smtp_tls_ciphers": "low",
                 "smtp_tls_mandatory_ciphers": "high"})
    add("protocols-encrypt", "encrypt takes the mandatory ones", "P23", usable("encrypt", protocols="TLSv1.3", grade="high"),
        table="example.com encrypt",
        main_cf={"smtp_tls_protocols": "!TLSv1", "smtp_tls_mandatory_protocols": "TLSv1.3", "smtp_tls_ciphers": "low",
                 "smtp_tls_mandatory_ciphers": "high"})
    add("protocols-empty", "an empty protocols= excludes none", "P23", usable("encrypt", protocols=""), table="example.com encrypt protocols=",
        source=LOG)
    add("servername", "servername= of a table", "P20", usable("encrypt", sni="name.test"), table="example.com encrypt servername=name.test",
        main_cf={"smtp_tls_servername": "other.test"})
    add("servername-hostname", "servername=hostname", "P20", usable("encrypt", sni="mx.example.net"),
        table="example.com encrypt servername=hostname")
    add("servername-nexthop", "smtp_tls_servername = nexthop, in brackets", "P20", usable("encrypt", "main.cf", sni="mx.example.net"),
        main_cf={"smtp_tls_security_level": "encrypt", "smtp_tls_servername": "nexthop"}, nexthop="[mx.example.net]:587")
    add("servername-bad", "a server name that is none", "P22",
        refused(warnings=['warning: "smtp_tls_servername = a..b" specifies an invalid hostname'], source="main.cf"),
        main_cf={"smtp_tls_servername": "a..b"}, source=RUN)


def of_keys(rows):
    add = rows.add
    add("parent", "a parent domain's entry begins with a dot", "P21", usable("verify", row=".example.com"),
        table=[".example.com verify", "example.com none"], nexthop="sub.example.com")
    add("grandparent", "at any depth", "P21", usable("verify", row=".example.com"), table=".example.com verify", nexthop="a.b.example.com")
    add("nearest", "the nearest parent wins", "P21", usable("encrypt", row=".b.example.com"),
        table=[".example.com verify", ".b.example.com encrypt"], nexthop="a.b.example.com")
    add("no-bare-parent", "an entry without the dot does not stand for what is below", "P21", usable("may", "main.cf", row=None),
        table="example.com none", nexthop="sub.example.com")
    add("no-self", "an entry with the dot does not stand for the name itself", "P21", usable("may", "main.cf", row=None),
        table=".example.com none")
    add("brackets", "brackets and port are part of the key", "P21", usable("secure", row="[mx.example.net]:587"),
        table=["[mx.example.net]:587 secure", "[mx.example.net] none"], nexthop="[mx.example.net]:587", source=LOG)
    add("brackets-no-port", "another port is another key", "P21", usable("may", "main.cf", row=None),
        table="[mx.example.net]:587 secure", nexthop="[mx.example.net]", source=LOG)
    add("service", "a service name is not its number", "P21", usable("may", "main.cf", row=None), table="[mx.example.net]:587 secure",
        nexthop="[mx.example.net]:submission", source=LOG)
    add("port-no-parent", "a next-hop with a port has no parents", "P21", usable("may", "main.cf", row=None),
        table=".com secure", nexthop="example.com:25")
    add("key-case", "keys are folded", "P21", usable("secure", row="example.com"), table="example.com secure", nexthop="Example.COM",
        source=LOG)
    add("table-error", "a table that cannot be read", "P24",
        refused(warnings=['warning: texthash:policy_table lookup error for "example.com"',
                          MAPS.format("example.com", "policy table lookup error")]), table=[], table_error=True, source=RUN)


def of_errors(rows):
    """Entries that Postfix refuses."""
    for name, entry, what, rules, source in (
            ("attribute-unknown", "encrypt bogus=1", 'invalid attribute name: "bogus"', "P22", LOG),
            ("attribute-no-value", "encrypt bogus", "malformed attribute/value pair \"bogus\": missing '=' after attribute name", "P22", LOG),
            ("attribute-twice", "encrypt ciphers=high ciphers=high", 'attribute "ciphers" is specified multiple times', "P22", LOG),
            ("match-empty", "secure match=", 'attribute "match" has empty value', "P22", LOG),
            ("match-at-encrypt", "encrypt match=hostname", 'attribute "match" invalid at security level "encrypt"', "P23", LOG),
            ("tafile-at-encrypt", "encrypt tafile=/ca.pem", 'attribute "tafile" invalid at security level "encrypt"', "P23", LOG),
            ("level-unknown", "must", 'invalid security level "must"', "P22", LOG),
            ("level-half-dane", "half-dane", 'invalid security level "half-dane"', "P22", LOG),
            ("level-halfdane", "halfdane", 'invalid security level "halfdane"', "P22", LOG),
            ("servername-invalid", "encrypt servername=bad_host..x", '"servername=bad_host..x" specifies an invalid hostname', "P22", LOG),
            ("reuse-bad", "encrypt connection_reuse=maybe", 'attribute "connection_reuse" has bad value: "maybe"', "P22", LOG),
            ("ttl", "secure match=mxa.example.test ttl=300", 'invalid attribute name: "ttl"', "P22", LOG),
            ("protocols-comma", "encrypt protocols=TLSv1.2,TLSv1.3",
             "malformed attribute/value pair \"TLSv1.3\": missing '=' after attribute name", "P22", LOG),
            ("rpk-too-early", "encrypt enable_rpk=yes", 'invalid attribute name: "enable_rpk"', "P22", LOG),
            ("sts-too-early", "secure match=hostname policy_type=sts", 'invalid attribute name: "policy_type"', "P22", LOG)):
        rows.add(name, f"`{entry}`", rules, refused(warnings=[MAPS.format("example.com", what)]), table=f"example.com {entry}", source=source)
    rows.add("parent-error", "a parent's entry: the log names the key", "P22",
             refused(warnings=[MAPS.format(".Example.com", 'invalid attribute name: "x"')], nexthop="a.Example.com"),
             table=".example.com may x=1", nexthop="a.Example.com")
    rows.add("policy-ttl-alone", "attributes of an external policy without its type", "P22",
             refused(warnings=[MAPS.format("example.com", "built-in policy has unexpected attribute policy_ttl, policy_domain, "
                                           "policy_string, mx_host_pattern or policy_failure")]),
             table="example.com encrypt policy_ttl=300", version="3.12", source=LOG_3_12)
    rows.add("none-with-match", "attributes of level none are ignored, with a warning", "P23",
             usable("none", warnings=[MAPS.format("example.com", 'ignoring attribute "match=x" with TLS disabled')]),
             table="example.com none match=x", source=LOG)
    old = 'warning: TLS policy table, next-hop destination "example.com": invalid attribute name: "bogus"'
    rows.add("attribute-2-8", "up to 2.10: 4.7.0, after the greeting", "P22", refused(warnings=[old], dsn="4.7.0", version="2.8"),
             table="example.com encrypt bogus=1", version="2.8.20")
    none = ("warning: nexthop domain example.com: configured at fingerprint security level, but with no fingerprints to match.")
    md5 = ("using backwards-compatible default setting smtp_tls_fingerprint_digest=md5 to compute certificate fingerprints")
    rows.add("fingerprint-none", "fingerprint without fingerprints", "P31", refused(warnings=[md5, none]), table="example.com fingerprint",
             main_cf={"compatibility_level": "3.5"}, source=LOG)
    rows.add("fingerprint-none-3-5", "the same of 3.5", "P31", refused(warnings=[none]), table="example.com fingerprint",
             version="3.5.27", source=LOG_3_5)
    rows.add("fingerprint-malformed", "no good fingerprint: main.cf's are tried", "P31",
             refused(warnings=[md5, "warning: malformed fingerprint value: zz", md5, none]), table="example.com fingerprint match=zz",
             main_cf={"compatibility_level": "3.5"}, source=LOG)
    rows.add("fingerprint-main-cf", "main.cf's fingerprints stand in for a malformed match=", "P31",
             usable("fingerprint", warnings=["warning: malformed fingerprint value: zz"]), table="example.com fingerprint match=zz",
             main_cf={"smtp_tls_fingerprint_digest": "sha256", "smtp_tls_fingerprint_cert_match": HEX}, source=RUN)
    rows.add("fingerprint-level-3-12", "the digest's default with a high compatibility level", "P31", usable("fingerprint"),
             table=f"example.com fingerprint match={HEX}|{HEX}", main_cf={"compatibility_level": "3.6"}, version="3.12")
    rows.add("fingerprint-md5-3-12", "a line for each pattern", "P31", usable("fingerprint", warnings=[md5, md5]),
             table=f"example.com fingerprint match={HEX}|00:11", main_cf={"compatibility_level": "3.5"}, version="3.12", source=LOG_3_12)


def of_per_site(rows):
    """smtp_tls_per_site: next-hop and host name weigh the same."""
    add = rows.add
    for name, here, there, main, level, source in (
            ("none-beats-may", "NONE", "MAY", "encrypt", "none", "per-site"), ("must-beats-none", "NONE", "MUST", "may", "verify", "per-site"),
            ("must-stays", "MUST", "NONE", "may", "verify", "per-site"), ("stronger-wins", "MUST_NOPEERMATCH", "MUST", "may", "verify", "per-site"),
            ("may-then-none", "MAY", "NONE", "verify", "none", "per-site"), ("may-yields", "MAY", None, "secure", "secure", "main.cf"),
            ("may", "MAY", None, "none", "may", "per-site"), ("host-alone", None, "must_nopeermatch", "may", "encrypt", "per-site"),
            ("nothing", None, None, "may", "may", "main.cf")):
        table = [f"example.com {here}"] * bool(here) + [f"mx.example.net {there}"] * bool(there)
        add(f"per-site-{name}", f"next-hop {here}, host {there}, main.cf {main}", "P25", usable(level, source), per_site=table,
            main_cf={"smtp_tls_security_level": main})
    add("per-site-no-parent", "no parent domains", "P21", usable("may", "main.cf"), per_site=[".example.com NONE"], nexthop="a.example.com")
    add("per-site-unknown", "a word that is none of the four", "P22",
        refused(warnings=["warning: smtp_tls_per_site: unknown TLS policy 'secure' for next-hop destination example.com"],
                source="per-site"), per_site=["example.com secure"], source=RUN)
    add("per-site-unknown-2-8", "up to 2.10 it is ignored", "P22",
        usable("may", "main.cf", warnings=["warning: Table texthash:per_site: ignoring unknown TLS policy 'secure' for next-hop "
                                           "destination example.com"]), per_site=["example.com secure"], version="2.8.20")
    add("per-site-error", "a table that cannot be read", "P24",
        refused("Temporary lookup error", ['warning: texthash:per_site lookup error for "example.com"',
                                           'warning: smtp_tls_per_site: next-hop destination "example.com": per-site table lookup error'],
                "4.3.0", "per-site"), per_site=[], table_error=True, source=RUN)
    add("per-site-ignored", "smtp_tls_policy_maps rules it out", "P25", usable("encrypt"), table="example.com encrypt",
        per_site=["example.com NONE"])


def of_dane(rows):
    add = rows.add

    def row(name, description, rules, expected, level="dane", main_cf=None, source="by the rule: Postfix source", **more):
        add(f"dane-{name}", description, rules, expected, table=f"example.com {level}", main_cf=DNSSEC | (main_cf or {}), source=source,
            **more)

    names = ["mx.example.net", "example.com"]
    dane = usable("dane", match=names, sni="mx.example.net", exclusions="aNULL")
    row("usable", "TLSA records, and all of it validated", "P19 P20", dane, dns=dns(), source=LOG)
    row("servername", "DANE sends the base domain, whatever servername= says", "P20", dane, "dane servername=other.test", dns=dns())
    row("brackets", "in brackets no MX lookup is needed", "P19",
        usable("dane", "main.cf", match=["mx.example.net"], sni="mx.example.net"), nexthop="[mx.example.net]",
        main_cf={"smtp_tls_security_level": "dane"}, dns=dns(mx="none", names=["mx.example.net"]))
    for tlsa, host, why in (("none", "secure", "no TLSA records"), ("insecure", "secure", "TLSA records that are not validated"),
                            ("not-asked", "insecure", "the addresses are not validated"),
                            ("found", "insecure", "TLSA records behind addresses that are not validated")):
        row(f"{tlsa}-{host}", f"dane: {why}", "P26", usable("may", fallback_from="dane", match=[]), dns=dns(tlsa=tlsa, host=host),
            source=LOG if tlsa == "none" else "by the rule: Postfix source")
        row(f"only-{tlsa}-{host}", f"dane-only: {why}", "P27", refused("no TLSA records found"), "dane-only",
            dns=dns(tlsa=tlsa, host=host))
    row("forced", "smtp_tls_force_insecure_host_tlsa_lookup", "P26", dane, main_cf={"smtp_tls_force_insecure_host_tlsa_lookup": "yes"},
        dns=dns(host="insecure"))
    row("alias", "a validated alias of a host that is not", "P26", dane, dns=dns(host="alias"))
    problem = ("warning: DANE TLSA lookup problem: Host or domain name not found. Name service error for "
               "name=_25._tcp.mx.example.net type=TLSA: Host not found, try again")
    row("lookup-fails", "the TLSA lookup fails", "P26", refused("TLSA lookup error for mx.example.net:25", [problem] * 2),
        dns=dns(tlsa="failed"), source=LOG)
    row("only-lookup-fails", "the same at dane-only", "P26", refused("TLSA lookup error for mx.example.net:25", [problem] * 2), "dane-only",
        dns=dns(tlsa="failed"))
    owner = "_25._tcp.mx.example.net"
    pkix = [f"warning: {owner} unsupported TLSA certificate usage: {u} 1 1 {HEX.upper()}" for u in (0, 1)]
    row("pkix", "usages 0 and 1 are none of SMTP's: encrypt", "P26", usable("encrypt", fallback_from="dane", warnings=pkix[:1]),
        dns=dns(records=[f"0 1 1 {HEX}"]), source=LOG)
    row("pkix-ee", "usage 1", "P26", usable("encrypt", fallback_from="dane", warnings=pkix[1:]), dns=dns(records=[f"1 1 1 {HEX}"]),
        source=LOG)
    row("only-pkix", "dane-only: no record can be used", "P27", refused("TLSA records unusable", pkix), "dane-only",
        dns=dns(records=[f"0 1 1 {HEX}", f"1 1 1 {HEX}"]))
    row("pkix-and-ee", "another record is left", "P26", dane | {"warnings": pkix[:1], "tlsa": [f"3 1 1 {HEX}"]},
        dns=dns(records=[f"0 1 1 {HEX}", f"3 1 1 {HEX}"]), source=LOG)
    row("private-type", "matching type 255", "P26",
        usable("encrypt", fallback_from="dane",
               warnings=[f"warning: {owner} reserved private-use matching type: 3 1 255 {HEX.upper()}"]),
        dns=dns(records=[f"3 1 255 {HEX}"]), source=LOG)
    long = "ab" * 40
    row("long-data", "long data is cut in the middle", "P26",
        usable("encrypt", fallback_from="dane",
               warnings=[f"warning: {owner} unsupported TLSA certificate usage: 0 0 0 {'AB' * 32}...{'AB' * 32}"]),
        dns=dns(records=[f"0 0 0 {long}{'ab' * 25}"]))
    row("short-digest", "3.6 and later leave the length to OpenSSL", "P26", dane | {"tlsa": ["3 1 1 0011223344"]},
        dns=dns(records=["3 1 1 0011223344"]), source=LOG)
    row("short-digest-3-5", "up to 3.5 Postfix looks at the length", "P26",
        usable("encrypt", fallback_from="dane",
               warnings=[f"warning: malformed sha256 digest, length 5, in RR: {owner} IN TLSA 3 1 1 ..."]),
        dns=dns(records=["3 1 1 0011223344"]), version="3.5.27", source=LOG_3_5)
    row("usage-0-3-5", "the words of 3.5", "P26",
        usable("encrypt", fallback_from="dane", warnings=[f"warning: unsupported certificate usage 0 in RR: {owner} IN TLSA 0 ..."]),
        dns=dns(records=[f"0 1 1 {HEX}"]), version="3.5.27", source=LOG_3_5)
    row("usage-1-3-5", "up to 3.5 usage 1 stands for 3", "P26", dane | {"tlsa": [f"3 1 1 {HEX}"]}, dns=dns(records=[f"1 1 1 {HEX}"]),
        version="3.5.27")
    row("selector-3-5", "an unknown selector", "P26",
        usable("encrypt", fallback_from="dane", warnings=[f"warning: unsupported selector 7 in RR: {owner} IN TLSA 3 7 ..."]),
        dns=dns(records=[f"3 7 1 {HEX}"]), version="3.5.27")
    row("type-3-5", "an unknown matching type", "P26",
        usable("encrypt", fallback_from="dane", warnings=[f"warning: unsupported matching type 9 in RR: {owner} IN TLSA 3 1 9 ..."]),
        dns=dns(records=[f"3 1 9 {HEX}"]), version="3.5.27")

    # what main.cf rules out
    for name, main_cf, what in (
            ("not-dnssec", {"smtp_dns_support_level": ""}, "{} configured with dnssec lookups disabled"),
            ("enabled", {"smtp_dns_support_level": "enabled"}, "{} configured with dnssec lookups disabled"),
            ("native", {"smtp_host_lookup": "native"}, "{} configured with dnssec lookups disabled"),
            ("mx-errors", {"ignore_mx_lookup_error": "yes"}, "{} configured with MX lookup errors ignored"),
            ("defnames", {"smtp_dns_resolver_options": "res_defnames"}, "dns resolver options incompatible with {} TLS"),
            ("dnsrch", {"smtp_dns_resolver_options": "res_dnsrch"}, "dns resolver options incompatible with {} TLS")):
        row(f"{name}", f"dane with {main_cf}", "P28",
            usable("may", fallback_from="dane", warnings=[f"warning: example.com: {what.format('dane')}"]), main_cf=main_cf, dns=dns())
        row(f"only-{name}", f"dane-only with {main_cf}", "P28", refused(warnings=[f"warning: example.com: {what.format('dane-only')}"]),
            "dane-only", main_cf=main_cf, dns=dns())
    row("both-lookups", "dns besides native will do", "P28", dane, main_cf={"smtp_host_lookup": "native, dns"}, dns=dns())

    # insecure MX records: by version, by level, by policy
    half = usable("halfdane", match=names, sni="mx.example.net")
    may = usable("may", fallback_from="dane")
    for version, main, expected in (("2.11.0", "dane", may), ("3.0.0", "dane", may), ("3.1.0", "may", half), ("3.2.20", "may", half),
                                    ("3.2.21", "may", may), ("3.5.8", "may", half), ("3.5.9", "may", may), ("3.5.27", "may", may),
                                    ("3.6.0", "may", may), ("3.6.16", "dane", half), ("3.6.17", "may", half), ("3.7.11", "may", may),
                                    ("3.7.11", "dane", half), ("3.7.12", "may", may), ("3.7.13", "may", half), ("3.8.7", "may", may),
                                    ("3.8.8", "may", half), ("3.9.1", "may", may), ("3.9.2", "may", half), ("3.10.0", "may", half),
                                    ("3.12", "may", half)):
        row(f"insecure-mx-{version.replace('.', '-')}-{main}", f"insecure MX records: {version}, main.cf has {main}", "P29", expected,
            main_cf={"smtp_tls_security_level": main}, dns=dns(mx="insecure"), version=version)
    for policy, expected in (("may", may), ("encrypt", usable("encrypt", fallback_from="dane", tlsa=[])), ("dane", half)):
        row(f"insecure-mx-policy-{policy}", f"smtp_tls_dane_insecure_mx_policy = {policy}", "P29", expected,
            main_cf={"smtp_tls_dane_insecure_mx_policy": policy}, dns=dns(mx="insecure"))
    row("only-insecure-mx", "dane-only wants validated MX records", "P27", refused("non DNSSEC destination"), "dane-only",
        main_cf={"smtp_tls_dane_insecure_mx_policy": "dane"}, dns=dns(mx="insecure"), source=LOG)
    row("insecure-mx-before-lookup", "a TLSA lookup that fails is not made", "P29", may,
        main_cf={"smtp_tls_dane_insecure_mx_policy": "may"}, dns=dns(mx="insecure", tlsa="failed"))


def of_sts(rows):
    add = rows.add
    version, source = "3.12", LOG_3_12
    entry = "example.com secure match=nope.test policy_type=sts policy_domain=example.com mx_host_pattern={}"

    def skipped(policy_domain):
        return {"outcome": "skipped", "level": "secure", "source": "policy-table",
                "warning": f"warning: MX name 'mx.example.net' does not match STS MX pattern for '{policy_domain}'"}

    add("sts-match", "a pattern matches: names become `hostname`", "P30", usable("secure", match=["hostname"]),
        table=entry.format("*.example.net"), version=version, source=source)
    add("sts-exact", "a pattern without a wildcard", "P30", usable("secure", match=["hostname"]),
        table=entry.format("MX.example.net"), version=version)
    add("sts-skip", "no pattern matches: the MX host is skipped", "P30", skipped("example.com"), table=entry.format("mxz.example.net"),
        version=version, source=source)
    add("sts-depth", "a wildcard stands for one label", "P30", skipped("example.com"), table=entry.format("*.net"), version=version)
    add("sts-second", "one pattern of two will do", "P30", usable("secure", match=["hostname"]),
        table=entry.format("a.example.org mx_host_pattern=*.example.net"), version=version)
    add("sts-no-domain", "without policy_domain", "P30", skipped(""),
        table="example.com secure match=nope.test policy_type=sts mx_host_pattern=a.test", version=version)
    add("sts-braces", "braces, servername", "P30", usable("secure", match=["hostname"], sni="mx.example.net"),
        table="example.com secure match=nope.test policy_type=sts mx_host_pattern=*.example.net servername=hostname "
              "{ policy_string = version: STSv1 }", version=version, source=source)
    add("sts-off", "smtp_tls_enforce_sts_mx_patterns = no", "P30", usable("secure", match=["nope.test"]),
        table=entry.format("a.test"), version=version, main_cf={"smtp_tls_enforce_sts_mx_patterns": "no"})
    add("sts-no-match", "without match= the patterns are not enforced", "P30", usable("secure", match=["nexthop", "dot-nexthop"]),
        table="example.com secure policy_type=sts mx_host_pattern=a.test", version=version)
    add("sts-3-10-4", "3.10.4 does not enforce them", "P30", usable("secure", match=["nope.test"]), table=entry.format("a.test"),
        version="3.10.4")
    add("sts-3-10-5", "3.10.5 does", "P30", skipped("example.com"), table=entry.format("a.test"), version="3.10.5")
    add("sts-failure", "policy_failure= forces a failure", "P30", usable("secure", policy_failure="sts-policy-invalid"),
        table="example.com secure policy_type=sts policy_failure=sts-policy-invalid", version=version)
    add("no-policy-found", "another type", "P30", usable("secure", match=["nope.test"]),
        table="example.com secure match=nope.test policy_type=no-policy-found mx_host_pattern=a.test", version=version)


def of_the_message(rows):
    add = rows.add
    version = "3.12"
    for main, level in (("secure", "may"), ("dane", "may"), ("encrypt", "may"), ("may", "may"), ("none", "none")):
        add(f"tls-required-no-{main}", f"TLS-Required: no, main.cf has {main}", "P34", usable(level, "tls-required-no"),
            table="example.com secure", main_cf={"smtp_tls_security_level": main}, version=version, tls_required_no=True)
    add("tls-required-no-wrapper", "wrappermode needs TLS all the same", "P34", usable("encrypt", "tls-required-no"),
        main_cf={"smtp_tls_security_level": "secure", "smtp_tls_wrappermode": "yes"}, version=version, tls_required_no=True)
    add("tls-required-no-3-9", "3.9 does not know the header", "P34", usable("secure"), table="example.com secure", version="3.9.2",
        tls_required_no=True)
    add("wrapper-may", "wrappermode at may: no server is tried", "P25",
        {"outcome": "skipped", "level": "may", "source": "main.cf",
         "warning": 'warning: smtp_tls_wrappermode requires "smtp_tls_security_level = encrypt" (or stronger)'},
        main_cf={"smtp_tls_wrappermode": "yes"})


def policy():
    file = File("postfix", "policy", "The TLS policy of Postfix's SMTP client for a next-hop and an MX host", __file__)
    rows = Rows(file)
    for part in (of_levels, of_keys, of_errors, of_per_site, of_dane, of_sts, of_the_message):
        part(rows)
    file.write()


if __name__ == "__main__":
    policy()
