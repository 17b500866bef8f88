#!/usr/bin/python3
"""Vectors of postfix: which certificates Postfix's SMTP client accepts, by version; fingerprints; trust anchor files;
MX patterns of MTA-STS.  Outcomes of names were measured with posttls-finger of the three versions that they name.
usage: postfix_peer.py [FOLDER]   (FOLDER: also writes the chains with their throw-away keys there, for a server)"""
import hashlib
import ipaddress
import pathlib
import re
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from common import File
from pki import DAY, NOW, TIME, Issued, new_key

MX, DOMAIN = "mx1.example.test", "example.test"
VERSIONS = ("3.5.27", "3.7.11", "3.10.13")
KEY = new_key()  # of all leaves but the weak one


def name_of(*common_names, organization=None):
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name(parts + [x509.NameAttribute(NameOID.COMMON_NAME, c) for c in common_names])


def make(subject, issuer, key, names=(), ca=False, start=-10, end=80, client_only=False, issuer_name=None):
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.cert.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(NOW + start * DAY).not_valid_after(NOW + end * DAY)
               .add_extension(x509.BasicConstraints(ca, None), True))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), False)
    if client_only:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key, "")


ROOT = make(name_of("Lab Root CA", organization="Lab"), None, new_key(), ca=True, start=-1000, end=3000)
OTHER_ROOT = make(name_of("Other Root CA", organization="Lab"), None, new_key(), ca=True, start=-1000, end=3000)
INTERMEDIATE = make(name_of("Lab Intermediate CA", organization="Lab"), ROOT, new_key(), ca=True, start=-500, end=1000)


def leaf(dns="", cn=("ignored",), names=(), issuer=ROOT, key=KEY, **more):
    names = list(names) + [x509.DNSName(n) for n in dns.split()]
    return make(name_of(*cn), issuer, key, names, **more)


IP = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
CHAINS = {  # the leaf, or the leaf and its issuer
    "san-mx1": [leaf(MX)], "san-domain": [leaf(DOMAIN)], "san-wild": [leaf("*.example.test")], "san-wild-tld": [leaf("*.test")],
    "san-partial": [leaf("mx*.example.test")], "san-inner-wild": [leaf("mx1.*.test")], "san-deep": [leaf("a.b.example.test")],
    "san-upper": [leaf("MX1.EXAMPLE.TEST")], "san-leading-dot": [leaf(".example.test")], "san-idn": [leaf("xn--mnchen-3ya.test")],
    "san-idn-below": [leaf("mail.xn--mnchen-3ya.test")], "san-underscore": [leaf("mx_1.example.test")],
    "san-several": [leaf("foo.test bar.test mx1.example.test")], "san-address": [leaf(names=[IP])],
    "san-nul": [leaf("mx1.example.test\0.evil.test")], "san-other-domain": [leaf("notexample.test")],
    "cn-wild": [leaf(cn=["*.example.test"])], "cn-beside-other-san": [leaf("other.test", [MX])],
    "cn-beside-email": [leaf(cn=[MX], names=[x509.RFC822Name("postmaster@example.test")])],
    "cn-two": [leaf(cn=["other.test", MX])], "cn-address": [leaf(cn=["127.0.0.1"])],
    "unknown-ca": [leaf(MX, [MX], issuer=OTHER_ROOT)], "unknown-ca-other-name": [leaf("other.test", ["other.test"], issuer=OTHER_ROOT)],
    "intermediate-sent": [leaf(MX, [MX], issuer=INTERMEDIATE), INTERMEDIATE], "intermediate-missing": [leaf(MX, [MX], issuer=INTERMEDIATE)],
    "expired": [leaf(MX, [MX], start=-90, end=-1)], "not-yet-valid": [leaf(MX, [MX], start=1)],
    "client-only": [leaf(MX, [MX], client_only=True)], "self-signed": [leaf(MX, [MX], issuer=None)],
    "rsa-768": [leaf(MX, [MX], key=new_key("rsa", 768))], "expired-other-name": [leaf("other.test", ["other.test"], start=-90, end=-1)],
}
DEFAULT_MATCH = {"secure": "nexthop dot-nexthop", "verify": "hostname", "encrypt": "", "may": ""}

# number, next-hop, host, level, match ("-": default), chain, log words of the three versions (V, T, U), name found up to
# 3.5 and later, error of 3.7.11 (and of 3.10.13 where it differs), rules, what is special.  The error up to 3.5 is the
# chain's: Postfix compares names by itself there.
ROWS = """
01|example.test|mx1.example.test|secure|-|san-mx1|VVV|mx1.example.test|mx1.example.test|0|P4 P10 P13|the MX host is below the next-hop
02|example.test|mx1.example.test|secure|nexthop|san-mx1|TUT|||62|P6 P10 P12|the next-hop alone
04|example.test|mx1.example.test|secure|hostname|san-mx1|VVV|mx1.example.test|mx1.example.test|0|P14|the MX host's name
05|example.test|mx1.example.test|secure|dot-nexthop|san-domain|TUT|||62|P13|dot-nexthop is not the domain itself
07|example.test|mx1.example.test|secure|-|san-wild|VVV|*.example.test|*.example.test|0|P13|a wildcard, compared as text with dot-nexthop
08|example.test|mx1.example.test|secure|nexthop|san-wild|TUT|||62|P12|a wildcard stands for one label at least
10|example.test|mx1.example.test|secure|nexthop|san-wild-tld|VUT|*.test||62|P12|OpenSSL wants two labels behind the star
11|example.test|mx1.example.test|secure|hostname|san-wild-tld|VUT|*.test||62|P14|as above, two labels deep
13|example.test|mx1.example.test|secure|hostname|san-partial|TUT|||62|P17|a partial wildcard
14|example.test|mx1.example.test|secure|hostname|san-inner-wild|TUT|||62|P17|a wildcard that is not left-most
16|example.test|mx1.example.test|secure|.b.example.test|san-deep|VVV|a.b.example.test|a.b.example.test|0|P15|a pattern with a leading dot
17|example.test|mx1.example.test|secure|a.b.example.test|san-wild|VUT|*.example.test||62|P10|up to 3.5 a wildcard stands for several labels
19|example.test|mx1.example.test|secure|hostname|san-upper|VVV|MX1.EXAMPLE.TEST|MX1.EXAMPLE.TEST|0|P14|case in the certificate
20|example.test|mx1.example.test|secure|MX1.Example.Test|san-mx1|VVV|mx1.example.test|mx1.example.test|0|P10|case in the pattern
22|example.test|mx1.example.test|secure|mx1.example.test.|san-mx1|TUT|||62|P10|a trailing dot in the pattern
23|example.test|mx1.example.test|secure|.example.test|san-leading-dot|TVV||.example.test|0|P15|pattern and name are equal octets
25|example.test|mx1.example.test|secure|.m\u00fcnchen.test|san-idn-below|VVV|mail.xn--mnchen-3ya.test|mail.xn--mnchen-3ya.test|0|P15 P18|a U-label behind a dot
26|example.test|mx1.example.test|secure|xn--mnchen-3ya.test|san-idn|VVV|xn--mnchen-3ya.test|xn--mnchen-3ya.test|0|P18|an A-label
28|example.test|mx1.example.test|secure|mx_1.example.test|san-underscore|VVV|mx_1.example.test|mx_1.example.test|0|P10|an underscore
29|example.test|mx1.example.test|secure|hostname|san-nul|TUT|||62|P14|a NUL in the name
31|example.test|mx1.example.test|secure|hostname|cn-wild|VVV|*.example.test|*.example.test|0|P14|a wildcard as common name
32|example.test|mx1.example.test|secure|hostname|cn-beside-other-san|TUT|||62|P14|the common name does not count beside a dNSName
34|example.test|mx1.example.test|secure|hostname|cn-beside-email|VVV|mx1.example.test|mx1.example.test|0|P14|it does beside an rfc822Name
35|example.test|mx1.example.test|secure|hostname|cn-two|TVV||mx1.example.test|0|P14|up to 3.5 only the first common name is read
37|127.0.0.1|127.0.0.1|secure|-|cn-address|VUU|127.0.0.1||62 64|P12 P14|from 3.6 an address is looked for among iPAddress names
38|mx1.example.test|mx1.example.test|secure|-|san-mx1|VVV|mx1.example.test|mx1.example.test|0|P12|a next-hop in brackets
40|example.test|mx1.example.test|verify|-|san-domain|TUT|||62|P10 P14|verify looks for the MX host
41|localmx.test|mx1.example.test|secure|-|san-mx1|TUT|||62|P6 P10|an MX host outside of the domain
43|localmx.test|mx1.example.test|secure|nexthop hostname|san-mx1|VVV|mx1.example.test|mx1.example.test|0|P10 P14|the second pattern fits
44|localmx.test|mx1.example.test|secure|.example.test|san-several|VVV|mx1.example.test|mx1.example.test|0|P15|the third name fits
46|example.test|mx1.example.test|secure|bar.test foo.test|san-several|VVV|foo.test|bar.test|0|P10|up to 3.5 names come first, later patterns
47|example.test|mx1.example.test|secure|.|san-mx1|TUU|||1|P16|no pattern is left
49|example.test|mx1.example.test|secure|*.example.test|san-wild|VVV|*.example.test|*.example.test|0|P17|a star in a pattern is text
50|example.test|mx1.example.test|secure|.example.test|san-other-domain|TUT|||62|P15|a name that only ends the same
52|example.test|mx1.example.test|secure|hostname|unknown-ca|UUU|mx1.example.test||20|P7|the right name of an unknown CA
53|example.test|mx1.example.test|secure|hostname|unknown-ca-other-name|UUU|||20|P7 P8|unknown CA and wrong name
55|example.test|mx1.example.test|secure|hostname|intermediate-sent|VVV|mx1.example.test|mx1.example.test|0|P4|the intermediate is sent
56|example.test|mx1.example.test|secure|hostname|expired|UUU|mx1.example.test||10|P7|expired
58|example.test|mx1.example.test|secure|hostname|client-only|UUU|mx1.example.test||26|P7|for clients only
59|example.test|mx1.example.test|encrypt|-|san-domain|TTT|||0|P3|no name is compared at encrypt
61|example.test|mx1.example.test|may|-|self-signed|UUU|||18|P3|self-signed at may
62|example.test|mx1.example.test|may|-|client-only|UUU|||26|P3|for clients only, at may
64|example.test|mx1.example.test|secure|hostname|rsa-768|UUU|mx1.example.test||66|P7|a short key above encrypt
65|example.test|mx1.example.test|encrypt|-|rsa-768|TTT|||0|P3|a short key at encrypt
67|example.test|mx1.example.test|secure|.example.test|san-wild|VVV|*.example.test|*.example.test|0|P15|a wildcard below the domain
68|example.test|mx1.example.test|secure|.test|san-wild|VVV|*.example.test|*.example.test|0|P15|a wildcard two labels below
70|alias.example.test|mx1.example.test|verify|alias.example.test|san-mx1|TUT|||62|P14|an alias is compared, not its target
71|alias.example.test|alias.example.test|verify|-|san-mx1|TUT|||62|P12 P14|an alias in brackets
73|example.test|mx1.example.test|secure|xn--mnchen-3ya.example.test|san-wild|VVV|*.example.test|*.example.test|0|P18|a wildcard for an A-label
74|127.0.0.1|127.0.0.1|secure|nexthop|san-address|TVV|||0|P12|an iPAddress name
76|127.0.0.1|127.0.0.1|secure|nexthop mx1.example.test|san-mx1|VUU|mx1.example.test||64|P12|address and host have both to be found
77|example.test|mx1.example.test|secure|example.test mx1.example.test|unknown-ca-other-name|UUU|||20|P8|unknown CA, two patterns
"""
WORDS = {"V": "Verified", "T": "Trusted", "U": "Untrusted"}


def expectations(words, own_name, later_name, errors):
    by_37, by_310 = (errors.split() * 2)[:2]
    chain = "0" if by_37 in ("62", "64", "1") else by_37
    names = (own_name, later_name, later_name)
    return {v: {"log_word": WORDS[w], "name": n or None, "error": int(e)}
            for v, w, n, e in zip(VERSIONS, words, names, (chain, by_37, by_310))}


def names():
    f = File("postfix", "names", "Certificates as Postfix's SMTP client sees them, by level, patterns and version", __file__)
    for line in ROWS.strip().splitlines():
        number, nexthop, host, level, match, chain, words, own, later, errors, rules, description = line.split("|")
        match = match.encode().decode("unicode_escape") if "\\u" in match else match
        patterns = (DEFAULT_MATCH[level] if match == "-" else match).split()
        f.add(f"e{number}-{chain}", description, rules, "Postfix smtp_tls_secure_cert_match", "posttls-finger " + ", ".join(VERSIONS),
              {"nexthop": nexthop, "hostname": host, "level": level, "match": patterns, "chain": [c.der.hex() for c in CHAINS[chain]],
               "trusted": [ROOT.der.hex()]},
              expectations(words, own, later, errors), TIME, ["hostile"] if "nul" in chain else [])
    f.write()


def posttls_finger(*arguments):
    """Warnings of a start without any connection: port 9 of the loopback is not answered."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "main.cf").write_text("compatibility_level = 3.6\n")
        out = subprocess.run(["posttls-finger", "-c", "-h", "native", "-t", "3", *arguments], capture_output=True, text=True, timeout=30,
                             env={"PATH": "/usr/sbin:/usr/bin:/bin", "MAIL_CONFIG": folder})
        return out.stdout + out.stderr


def fingerprints():
    f = File("postfix", "fingerprint", "Fingerprints of certificates and keys as Postfix 3.6 and later read and compute them", __file__)
    c = CHAINS["san-mx1"][0]
    colons = lambda hexes: ":".join(re.findall("..", hexes.upper()))

    def computed(algorithm):
        out = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-fingerprint", f"-{algorithm}"], input=c.der, check=True, capture_output=True)
        key = subprocess.run(["openssl", "dgst", f"-{algorithm}", "-r"], input=c.spki, check=True, capture_output=True)
        return out.stdout.decode().strip().split("=", 1)[1], colons(key.stdout.decode().split()[0])

    for algorithm in ("md5", "sha1", "sha256", "sha512"):
        certificate, key = computed(algorithm)
        f.add(algorithm, f"{algorithm} of a certificate and of its key", "P31", "Postfix smtp_tls_fingerprint_digest", "OpenSSL x509 -fingerprint, dgst",
              {"algorithm": algorithm, "certificate": c.der.hex()}, {"certificate": certificate, "key": key})

    digest = hashlib.sha256(c.der).hexdigest()

    def value(name, description, text, expected):
        malformed = "malformed fingerprint value" in posttls_finger("-l", "fingerprint", "-d", "sha256", "[127.0.0.1]:9", text)
        if malformed != (expected == "malformed"):
            raise SystemExit(f"posttls-finger says {malformed} to {text!r}")
        f.add(name, description, "P31", "Postfix smtp_tls_fingerprint_cert_match", "posttls-finger 3.7.11",
              {"algorithm": "sha256", "value": text}, {"reading": expected})

    value("colons", "upper case with colons", colons(digest), "good")
    value("bare", "lower case without colons", digest, "good")
    value("mixed", "some colons", digest[:20] + ":" + digest[20:], "good")
    value("leading-colon", "a colon in front", ":" + digest, "malformed")
    value("trailing-colon", "a colon at the end", digest + ":", "malformed")
    value("split-octet", "a colon within an octet", digest[:1] + ":" + digest[1:], "malformed")
    value("two-colons", "two colons", digest[:2] + "::" + digest[2:], "malformed")
    value("odd", "an odd number of digits", digest[:-1], "malformed")
    value("not-hexadecimal", "no digits", "zz" + digest[2:], "malformed")
    value("too-long", "more than three characters an octet of the longest digest", "a" * 194, "malformed")
    value("longest", "as many characters as are read", "a" * 192, "wrong-length")
    value("short", "an MD5 value under SHA-256", "00" * 16, "wrong-length")
    f.write()


def trust_files():
    f = File("postfix", "tafile", "Trust anchor files: which PEM blocks count, and when the file is refused", __file__)
    key = "-----BEGIN PUBLIC KEY-----\n" + subprocess.run(["openssl", "base64"], input=ROOT.spki, check=True, capture_output=True).stdout.decode() + "-----END PUBLIC KEY-----\n"
    private = INTERMEDIATE.key_pem()
    old = ROOT.pem.replace("CERTIFICATE", "X509 CERTIFICATE")
    trusted = ROOT.pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE")
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

    def row(name, description, text, invalid, records):
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(text)
            file.flush()
            refused = "Failed to load trust anchor file" in posttls_finger("-l", "secure", "-A", file.name, "[127.0.0.1]:9")
        if refused != invalid:
            raise SystemExit(f"posttls-finger says {refused} to {name}")
        f.add(name, description, "P32", "Postfix smtp_tls_trust_anchor_file", "posttls-finger 3.7.11", {"text": text},
              {"invalid": invalid, "records": records})

    whole = [f"2 0 0 {ROOT.der.hex()}", f"3 0 0 {ROOT.der.hex()}"]
    bare = [f"2 1 0 {ROOT.spki.hex()}", f"3 1 0 {ROOT.spki.hex()}"]
    row("certificate", "one certificate", ROOT.pem, False, whole)
    row("old-label", "X509 CERTIFICATE", old, False, whole)
    row("public-key", "a bare key", key, False, bare)
    row("both", "text, a certificate and a key", "Root\n" + ROOT.pem + "and its key\n" + key, False, whole + bare)
    row("trusted-label", "TRUSTED CERTIFICATE does not count, and is no error", trusted, False, [])
    row("private-key", "nor does a private key", private, False, [])
    row("broken-certificate", "a certificate that does not decode is not looked into", broken, False, ["2 0 0 000000", "3 0 0 000000"])
    row("empty", "an empty file", "", True, [])
    row("no-pem", "no PEM block", "nothing here\n", True, [])
    row("cut", "a block without its end", ROOT.pem[:200], True, [])
    f.write()


def sts_patterns():
    f = File("postfix", "sts-pattern", "MX patterns of MTA-STS as smtp_tls_enforce_sts_mx_patterns compares them", __file__)
    for name, description, pattern, host, match in (
            ("equal", "the same name", "mx1.example.test", "mx1.example.test", True),
            ("case", "letters in another case", "MX1.Example.test", "mx1.example.TEST", True),
            ("other", "another name", "mx2.example.test", "mx1.example.test", False),
            ("one-label", "a star for one label", "*.example.test", "mx1.example.test", True),
            ("two-labels", "not for two", "*.example.test", "a.b.example.test", False),
            ("no-label", "not for none", "*.example.test", "example.test", False),
            ("empty-label", "not for an empty one", "*.example.test", ".example.test", False),
            ("leading-dot", "a leading dot has no meaning here", ".example.test", "mx1.example.test", False),
            ("inner-star", "a star elsewhere is text", "mx1.*.test", "mx1.example.test", False),
            ("partial", "part of a label", "mx*.example.test", "mx1.example.test", False),
            ("star-alone", "a star alone", "*", "mx1", False),
            ("suffix", "a name that only ends the same", "*.example.test", "mx1.badexample.test", False)):
        f.add(name, description, "P30", "RFC 8461 section 4.1", "by the rule", {"pattern": pattern, "hostname": host}, {"match": match})
    f.write()


def write_chains(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.pem").write_text(ROOT.pem)
    for name, chain in CHAINS.items():
        (folder / f"{name}.pem").write_text(chain[0].key_pem() + "".join(c.pem for c in chain))


names()
fingerprints()
trust_files()
sts_patterns()
if len(sys.argv) > 1:
    write_chains(pathlib.Path(sys.argv[1]))
