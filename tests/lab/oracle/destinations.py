"""The policy table of the delivery oracle: who is written to, by which policy, through which hosts."""

import dataclasses
import subprocess

from cryptography.hazmat.primitives import serialization
from labkit import odd_replies

from . import factors, routes, services
from .hosts import UNSIGNED, ZONE
from .tlsa_sets import colons, digest


@dataclasses.dataclass(frozen=True)
class Destination:
    domain: str           # of the recipient
    nexthop: str          # what the policy table is asked for
    entry: str = None     # None: only the main level
    service: str = "smtp"  # of master.cf


class Table:
    def __init__(self, hosts, files):
        self.hosts, self.files = hosts, files
        self.all, self.keys = [], {}

    def to(self, label, entry, *mx, zone="test", nexthop=None, key=None, service="smtp"):
        """`mx`: host labels in order of preference.  `entry` may name {files} and fingerprints.  `key`: where
        another key than the next-hop finds the entry.  `service`: which of master.cf delivers."""
        domain = f"{label}.{zone}"
        text = entry and entry.format(**self.files)
        self.all.append(Destination(domain, nexthop or domain, text, service))
        if text is not None:
            found_by = (key or nexthop or domain).lower()
            if found_by in self.keys:
                raise ValueError(f"{found_by}: a table with a duplicate is no table to Postfix")
            self.keys[found_by] = text
        if nexthop is None or not nexthop.startswith("["):
            where = domain if nexthop is None else nexthop.partition(":")[0]
            for preference, host in enumerate(mx, 1):
                name = self.hosts[host].name if host in self.hosts.all else f"{host}.{ZONE}"
                self.hosts.lab.rr(where, "MX", f"{10 * preference} {name}.")

    def transport_rows(self):
        return {d.domain: f"{d.service}:{d.nexthop}" for d in self.all
                if d.nexthop != d.domain or d.service != "smtp"}


def files(hosts, directory):
    """What entries refer to: files with trust anchors, fingerprints of the host "good"."""
    good = hosts["good"].certificate
    pem = {"root": hosts.authorities.root.pem, "stranger": hosts.authorities.stranger.pem, "leaf": good.pem,
           "intermediate": hosts.authorities.intermediate.pem, "empty": "nothing to see\n",
           "key": good.key.public_key().public_bytes(serialization.Encoding.PEM,
                                                     serialization.PublicFormat.SubjectPublicKeyInfo).decode()}
    own_key = good.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()).decode()
    pem |= {"client_key": own_key, "client": own_key + good.pem, "two_keys": own_key * 2 + good.pem,
            "unlike": own_key + pem["root"], "torn": own_key + good.pem.replace("MII", "AAA", 1)}
    directory.mkdir()
    made = {}
    for name, text in pem.items():
        path = directory / f"{name}.pem"
        path.write_text(text)
        made[name] = str(path)
    for name in ("path", "path_outside"):
        hashed = directory / name
        hashed.mkdir()
        (hashed / "root.pem").write_text(pem["root"])
        subprocess.run(["openssl", "rehash", str(hashed)], check=True)
        made[name] = str(hashed)
    made["certificate_sha256"] = colons(digest("sha256", good.der))
    made["key_sha256"] = colons(digest("sha256", good.spki))
    made["md5"] = colons(digest("md5", good.der))
    made["wrong"] = colons("00" * 32)
    return made


def fill(table):
    for group in (levels, names, chains, anchors, fingerprints, behaviours, protocols, several_hosts, forms, parents,
                  dane_secure, dane_only, dane_insecure, mistakes, other_versions, lookups, routes.fill, services.fill):
        group(table)


def levels(t):
    for level in ("none", "may", "encrypt", "verify", "secure", "dane", "dane-only"):
        t.to(f"level-{level}", level, "good")
    t.to("upper-case", "VERIFY", "good")
    t.to("mixed", "May", "good")
    t.to("no-entry", None, "good")
    t.to("none-with-attributes", "none protocols=TLSv1.2 match=hostname", "good")


def names(t):
    for label, match in (("hostname", "hostname"), ("nexthop", "nexthop"), ("dot", "dot-nexthop"),
                         ("literal", f"good.{ZONE}"), ("below", f".{ZONE}"), ("list", "nobody.example:hostname"),
                         ("dot-alone", "."), ("upper", f"GOOD.{ZONE.upper()}"), ("idn", "m\u00fcnchen.test"),
                         ("empty-part", "nobody.example::hostname")):
        t.to(f"match-{label}", f"secure match={match}", "good")
    t.to("match-twice", "secure match=nobody.example match=hostname", "good")
    t.to("verify-match", "verify match=nexthop", "good")
    t.to("wildcard-verify", "verify", "wildcard")
    t.to("other-name-verify", "verify", "other-name")
    t.to("other-name-may", "may", "other-name")
    t.to("common-name-verify", "verify", "common-name")
    t.to("nameless-verify", "verify", "nameless")
    t.to("nameless-encrypt", "encrypt", "nameless")


def chains(t):
    for host in ("root-sent", "unknown-ca", "self-signed", "expired", "not-yet-valid", "intermediate-missing",
                 "client-only", "weak-key", "expired-other-name"):
        t.to(f"{host}-verify", "verify", host)
        t.to(f"{host}-encrypt", "encrypt", host)
    t.to("expired-may", "may", "expired")
    t.to("unknown-ca-may", "may", "unknown-ca")


def anchors(t):
    for label in ("root", "intermediate", "leaf", "key", "stranger"):
        t.to(f"tafile-{label}", f"verify tafile={{{label}}}", "good")
    t.to("tafile-stranger-theirs", "verify tafile={stranger}", "unknown-ca")
    t.to("tafile-two", "verify tafile={stranger} tafile={root}", "good")
    t.to("tafile-empty", "verify tafile={empty}", "good")
    t.to("tafile-absent", "verify tafile=/nonexistent/ca.pem", "good")
    t.to("tafile-at-encrypt", "encrypt tafile={root}", "good")


def fingerprints(t):
    for label, match in (("certificate", "{certificate_sha256}"), ("key", "{key_sha256}"), ("wrong", "{wrong}"),
                         ("list", "{wrong}|{key_sha256}"), ("short", "{md5}"), ("malformed", "zz"),
                         ("malformed-beside", "zz|{key_sha256}"), ("short-beside", "{md5}|{certificate_sha256}")):
        t.to(f"fingerprint-{label}", f"fingerprint match={match}", "good")
    t.to("fingerprint-alone", "fingerprint", "good")
    t.to("fingerprint-wrong-untrusted", "fingerprint match={wrong}", "unknown-ca")


def behaviours(t):
    for host in ("no-starttls", "refuses-tls", "refuses-tls-for-good", "ends-after-220", "not-tls", "greets-554",
                 "greets-421", "closes", "refused1"):
        t.to(f"{host}-may", "may", host)
        t.to(f"{host}-encrypt", "encrypt", host)
    for host in odd_replies.SMTP:
        t.to(f"{host}-may", "may", host)
        t.to(f"{host}-encrypt", "encrypt", host)
    t.to("no-starttls-none", "none", "no-starttls")
    t.to("greets-stars-none", "none", "greets-stars")
    t.to("ends-after-220-verify", "verify", "ends-after-220")


def protocols(t):
    for host in ("anonymous", "tls11", "tls12", "tls13", "rsa", "wants-certificate-2", "wants-certificate-3"):
        t.to(f"{host}-may", "may", host)
        t.to(f"{host}-verify", "verify", host)
    t.to("anonymous-excluded", "encrypt exclude=aNULL", "anonymous")
    t.to("anonymous-encrypt", "encrypt", "anonymous")
    for label, value, host in (("12", "TLSv1.2", "good"), ("not-13", "!TLSv1.3", "good"),
                               ("from-13", ">=TLSv1.3", "good"), ("to-12", "<=TLSv1.2", "rsa"),
                               ("from-13-of-12", ">=TLSv1.3", "tls12"),
                               ("to-12-of-13", "<=TLSv1.2", "tls13"), ("from-12-of-11", ">=TLSv1.2", "tls11"),
                               ("unknown", "TLSv9", "good"), ("empty", "", "good"), ("ssl2", "SSLv2", "good"),
                               ("none-left", ">=TLSv1.3:!TLSv1.3", "good"), ("hexadecimal", "<=0303", "good")):
        t.to(f"protocols-{label}", f"encrypt protocols={value}", host)
    for label, value in (("high", "high"), ("null", "null"), ("unknown", "bogus"), ("upper", "HIGH")):
        t.to(f"ciphers-{label}", f"encrypt ciphers={value} protocols=TLSv1.2", "good")
    t.to("ciphers-unknown-may", "may ciphers=bogus", "good")
    t.to("exclude-sign", "encrypt exclude=!AES protocols=TLSv1.2", "good")
    t.to("exclude-ecdsa", "encrypt exclude=aECDSA protocols=TLSv1.2", "good")
    t.to("servername", f"encrypt servername=good.{ZONE}", "good")
    t.to("servername-keyword", "encrypt servername=hostname", "good")


def several_hosts(t):
    t.to("first-refused", "verify", "refused1", "good")
    t.to("first-other-name", "verify", "other-name", "good")
    t.to("first-no-starttls", "encrypt", "no-starttls", "good")
    t.to("first-ends", "encrypt", "ends-after-220", "second")
    t.to("first-ends-may", "may", "ends-after-220", "second")
    t.to("first-greets-554", "encrypt", "greets-554", "good")
    t.to("first-wants-certificate", "encrypt", "wants-certificate-3", "good")
    t.to("first-without-address", "encrypt", "no-address", "good")
    t.to("all-fail", "verify", "refused1", "unknown-ca", "other-name")
    t.to("all-fail-otherwise", "verify", "other-name", "no-starttls", "refused1")
    t.to("six-hosts", "verify", "refused1", "refused2", "refused3", "refused4", "refused5", "good")
    t.to("first-dane-wrong", "dane", "dane-ee-wrong", "dane-ee")
    t.to("first-dane-servfail", "dane", "dane-servfail", "dane-ee")
    t.to("dane-then-none", "dane", "dane-ee-wrong", "good")
    t.to("dane-only-then-none", "dane-only", "good", "dane-ee")


def forms(t):
    address = t.hosts["by-address"].address
    name, port = t.hosts["good"].name, factors.OTHER_PORT
    t.to("form-brackets", "secure", nexthop=f"[{name}]")
    t.to("form-brackets-port", "secure match=nexthop", nexthop=f"[{name}]:{port}")
    t.to("form-domain-port", "secure match=hostname", "good", nexthop=f"form-domain.test:{port}")
    t.to("form-service", "encrypt protocols=TLSv1.2", nexthop=f"[second.{ZONE}]:smtp")
    t.to("form-brackets-no-entry", None, nexthop=f"[other-name.{ZONE}]")
    t.to("form-address", "secure", nexthop=f"[{address}]")
    in_it = t.hosts["address-in-it"].address
    t.to("form-address-in-it", "secure match=nexthop", nexthop=f"[{in_it}]")
    t.to("form-address-not-in-it", f"secure match={in_it}", nexthop=f"[by-address.{ZONE}]")
    t.to("form-upper-case", "secure match=nexthop", nexthop=f"[Wildcard.{ZONE.upper()}]", key=f"[wildcard.{ZONE}]")
    t.to("form-alias", "verify", nexthop=f"[alias.{ZONE}]")
    t.to("form-no-mx", "verify", nexthop=f"common-name.{ZONE}")
    t.to("form-dane-brackets", "dane", nexthop=f"[dane-ee.{ZONE}]")
    t.to("form-dane-only-brackets", "dane-only", nexthop=f"[dane-ee-wrong.{ZONE}]")


def parents(t):
    t.to("a.parents", "verify", "good", key=".parents.test")
    t.to("b.a.parents", "secure", "good", key=".a.parents.test")
    t.to("c.b.a.parents", None, "good")
    t.to("parents", None, "good")
    t.to("child.bare", None, "good")
    t.to("bare", "secure", "good")
    t.to("mixed-case", "verify", "good", nexthop="Mixed-Case.test", key="mixed-case.test")


DANE_HOSTS = ("ee", "ee-full", "ee-sha512", "ee-wrong", "ee-two", "ee-self-signed", "ee-expired", "ee-other-name", "ta",
              "ta-root", "ta-root-not-sent", "ta-other-name", "ta-expired", "pkix-ee", "pkix-ta", "pkix-mixed",
              "pkix-mixed-wrong", "short", "type9", "type255", "selector7", "usage9", "ee-no-starttls",
              "ee-refuses-tls", "ee-ends-after-220", "anonymous", "unsigned", "servfail", "alias", "linked")


def dane_secure(t):
    for host in DANE_HOSTS:
        t.to(f"d-{host}", "dane", f"dane-{host}")
    for host in ("no-starttls", "refuses-tls", "self-signed", "unsigned", "anonymous"):
        t.to(f"d-none-{host}", "dane", host)
    t.to("d-protocols", "dane protocols=TLSv1.2 servername=other.example", "dane-ee")


def dane_only(t):
    for host in ("ee", "ee-wrong", "pkix-ee", "short", "type255", "unsigned", "servfail", "ta-other-name"):
        t.to(f"o-{host}", "dane-only", f"dane-{host}")
    t.to("o-none", "dane-only", "good")


def dane_insecure(t):
    for host in ("ee", "ee-wrong", "pkix-ee", "servfail", "unsigned", "short"):
        t.to(f"d-{host}", "dane", f"dane-{host}", zone=UNSIGNED)
    t.to("d-none", "dane", "good", zone=UNSIGNED)
    t.to("o-ee", "dane-only", "dane-ee", zone=UNSIGNED)


MISTAKES = (
    "must", "halfdane", "half-dane", "secured", "5", "secure match=", "secure match", "secure bogus=1", "encrypt bogus",
    "encrypt match=hostname", "may match=hostname", "dane match=hostname", "encrypt ciphers=high ciphers=high",
    "encrypt protocols=TLSv1.2 protocols=TLSv1.3", "encrypt protocols=TLSv1.2,TLSv1.3", "encrypt ciphers=",
    "encrypt exclude=", "encrypt exclude=aNULL exclude=MD5", "encrypt servername=bad_host..x", "encrypt servername=",
    "encrypt servername=a.example servername=b.example", "encrypt connection_reuse=maybe", "secure tafile=",
    "secure =x", "secure match=hostname ttl=300", "encrypt MATCH=hostname", "encrypt PROTOCOLS=TLSv1.2",
    "verify,match=hostname", "verify\tmatch=hostname , ciphers=high", "none bogus=1", "fingerprint match=",
    "may protocols=TLSv1.2 bogus=1 ciphers=", ",", "encrypt =", "secure match = hostname",
)


def mistakes(t):
    for number, entry in enumerate(MISTAKES):
        t.to(f"mistake-{number}", entry, "good")


LATER = (
    "encrypt enable_rpk=yes", "secure match=hostname policy_type=sts", "encrypt policy_ttl=300",
    "secure match=hostname policy_type=sts policy_domain=x.test mx_host_pattern=good.mx.test",
    "encrypt policy_failure=sts-policy-invalid", "secure {{ match = hostname }}",
    "encrypt {{ policy_string = version: STSv1 }}",
)


def other_versions(t):
    for number, entry in enumerate(LATER):
        t.to(f"later-{number}", entry, "good")
    t.to("reuse-no", "encrypt connection_reuse=no", "good")
    t.to("reuse-yes", "verify connection_reuse=yes", "good")


def lookups(t):
    t.to("nothing-there", "secure", nexthop="nothing-there.test")
    t.to("nothing-there-mistake", "secure bogus=1", nexthop="nothing-there-too.test")
    t.to("null-mx", "secure")
    t.hosts.lab.rr("null-mx.test", "MX", "0 .")
    t.to("mx-servfail", "secure")
    t.hosts.lab.fault("mx-servfail.test", "MX", "servfail")
    t.to("no-host-has-address", "secure", "no-address")


# smtp_tls_per_site: next-hops and mail hosts in one table, and who else is written to by it.
PER_SITE = {
    "level-none.test": "NONE", "level-may.test": "MAY", "level-encrypt.test": "MUST_NOPEERMATCH",
    "level-verify.test": "MUST", "expired-verify.test": "MUST", "unknown-ca-verify.test": "NONE",
    "unknown-ca-may.test": "MAY", "mistake-0.test": "SECURE",
    f"other-name.{ZONE}": "MUST", f"no-starttls.{ZONE}": "may", f"expired.{ZONE}": "NONE",
    f"unknown-ca.{ZONE}": "MUST_NOPEERMATCH",
}
BY_HOST_ALONE = ("other-name-may.test", "no-starttls-encrypt.test", "expired-may.test", "unknown-ca-encrypt.test",
                 "no-entry.test", "parents.test", "first-other-name.test")


def in_per_site(domain):
    return domain in BY_HOST_ALONE or domain in PER_SITE
