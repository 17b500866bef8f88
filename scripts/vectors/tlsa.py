#!/usr/bin/python3
"""Vectors of the tlsa module.  Expected bytes come from dnspython (records) and the openssl command (digests)."""
import subprocess
import tempfile
import pathlib

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zonefile

from common import File

H32, H64 = "5a" * 32, "c3" * 64


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, check=True, capture_output=True).stdout


def by_dnspython(text):
    r = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TLSA, text)
    return {"usage": r.usage, "selector": r.selector, "matching_type": r.mtype, "association_data": r.cert.hex(),
            "rdata": r.to_wire().hex()}


def line_by_dnspython(text):
    """A whole line of a zone: exactly one record."""
    (rrset,) = dns.zonefile.read_rrsets(text, rdclass=None, default_ttl=3600)
    (r,) = rrset
    return {"owner": rrset.name.to_text(omit_final_dot=True).lower()} | by_dnspython(r.to_text())


def presentation():
    f = File("tlsa", "presentation", "TLSA records as text (RFC 6698 section 2.2, RFC 1035 section 5.1, RFC 7218, RFC 3597)", __file__)

    def good(name, description, rules, reference, text, plain=None, source="dnspython"):
        f.add(name, description, rules, reference, source, {"text": text}, by_dnspython(plain or text))

    def bad(name, description, rules, reference, text, error):
        f.add(name, description, rules, reference, "by the rule", {"text": text}, {"error": error})

    r22 = "RFC 6698 section 2.2"
    good("plain", "the usual record", "D9", r22, f"3 1 1 {H32}")
    good("upper-case-hex", "upper-case hex digits", "D9", r22, f"3 1 1 {H32.upper()}")
    good("mixed-case-hex", "both cases of hex digits", "D9", r22, "3 1 0 aBcDeF")
    good("hex-in-two-parts", "white space inside the hex", "D9", r22, f"3 1 1 {H32[:56]} {H32[56:]}")
    good("hex-in-single-octets", "white space after every octet", "D9", r22, "3 1 1 " + " ".join(["5a"] * 32))
    good("hex-split-inside-an-octet", "white space between the digits of an octet", "D9", r22, f"3 1 1 {H32[:3]} {H32[3:]}")
    good("tabs", "tabs between the fields", "D9", r22, f"3\t1\t1\t{H32}", f"3 1 1 {H32}")
    good("leading-and-trailing-space", "white space around the record", "D9", r22, f"  3 1 1 {H32}  ", f"3 1 1 {H32}")
    good("parentheses", "master-file parentheses over several lines", "D10", "RFC 1035 section 5.1",
         f"3 1 1 ( {H32[:32]}\n {H32[32:]} )", f"3 1 1 {H32}")
    good("parentheses-from-the-first-field", "parentheses before the first field", "D10", "RFC 1035 section 5.1",
         f"( 3 1 1\n{H32} )", f"3 1 1 {H32}")
    good("leading-zeros", "decimal fields with leading zeros", "D9", r22, f"03 001 01 {H32}", f"3 1 1 {H32}")
    for usage in (0, 1, 2, 3, 4, 254, 255):
        good(f"usage-{usage}", f"usage {usage} is a legal value", "D9", r22, f"{usage} 1 1 {H32}")
    good("selector-255", "the largest selector", "D9", r22, f"3 255 1 {H32}")
    good("matching-type-255", "the largest matching type", "D9", r22, f"3 1 255 {H32}")
    good("sha512", "a SHA2-512 digest", "D7 D9", r22, f"3 1 2 {H64}")
    good("short-digest-still-parses", "parsing does not judge the digest's length", "D20", r22, "3 1 1 abcd")
    good("one-octet", "one octet of data is the least", "D9", r22, "3 1 0 00")
    for text, plain in (("DANE-EE SPKI SHA2-256", "3 1 1"), ("dane-ta cert sha2-512", "2 0 2"), ("PKIX-TA Cert Full", "0 0 0"),
                        ("pkix-ee SPKI full", "1 1 0"), ("PrivCert PrivSel PrivMatch", "255 255 255"), ("DANE-EE 1 SHA2-256", "3 1 1")):
        good("acronyms-" + plain.replace(" ", "-") + ("-mixed" if " 1 " in text else ""), f"RFC 7218 acronyms: {text}", "X6",
             "RFC 7218 section 2", f"{text} {H32}", f"{plain} {H32}")
    good("generic", "the generic form of an unknown type", "X5", "RFC 3597 section 5", rf"\# 35 030101{H32}", f"3 1 1 {H32}")
    good("generic-split", "the generic form with split hex", "X5", "RFC 3597 section 5", rf"\# 35 0301 01 {H32[:20]} {H32[20:]}", f"3 1 1 {H32}")

    def line(name, description, text, plain=None, has_owner=True):
        """What dnspython reads; `plain` is the same in the words that it knows, `has_owner` is false when it was given one."""
        expected = line_by_dnspython(plain or text)
        if not has_owner:
            del expected["owner"]
        f.add("line-" + name, description, "D9 D10", "RFC 1035 section 5.1", "dnspython", {"text": text}, expected)

    mx = "_25._tcp.mx1.example.com."
    line("whole", "owner, TTL, class and type, as zone files and reports have it", f"{mx} 3600 IN TLSA 3 1 1 {H32}")
    line("without-ttl", "owner, class and type", f"{mx} IN TLSA 3 1 1 {H32}")
    line("without-class", "owner, TTL and type", f"{mx} 3600 TLSA 3 1 1 {H32}")
    line("owner-and-type", "owner and type alone", f"{mx} TLSA 3 1 1 {H32}")
    line("class-before-ttl", "class and TTL may change places", f"{mx} IN 3600 TLSA 3 1 1 {H32}",
         f"{mx} 3600 IN TLSA 3 1 1 {H32}")
    line("ttl-with-units", "a TTL in hours and minutes, as BIND writes it", f"{mx} 1h30m IN TLSA 3 1 1 {H32}")
    line("lower-case", "type and class in lower case, owner in mixed case", f"_25._TCP.Mx1.Example.com. 3600 in tlsa 3 1 1 {H32}")
    line("tabs-and-comment", "tabs, as dig prints them, and a comment", f"{mx}\t3600\tIN\tTLSA\t3 1 1 {H32[:56]} {H32[56:]} ; active key")
    line("parentheses", "the data on lines of its own", f"{mx} 3600 IN TLSA ( 3 1 1 ; first\n  {H32[:32]}\n  {H32[32:]} )")
    line("parentheses-in-data", "parentheses around the data", f"{mx} IN TLSA 3 1 1 (\n{H32}\n)")
    line("type52-generic", "type and data in generic form", rf"{mx} 3600 IN TYPE52 \# 35 030101{H32}")
    line("type52-generic-split", "generic form over several lines", f"{mx} 3600 CLASS1 type52 \\# 35 ( 0301\n 01 {H32} )")
    line("tlsa-generic", "the type by name, the data in generic form", rf"{mx} IN TLSA \# 35 030101{H32}")
    line("acronyms", "acronyms of RFC 7218 in a line", f"{mx} IN TLSA DANE-TA Cert SHA2-256 {H32}", f"{mx} IN TLSA 2 0 1 {H32}")
    line("escaped-owner", "an escape in the owner", rf"_25._tcp.m\120.example.com. IN TLSA 3 1 1 {H32}")
    line("wildcard-owner", "an owner that is a wildcard", f"*._tcp.mx1.example.com. IN TLSA 3 1 1 {H32}")
    line("other-owner", "an owner that names no port", f"tlsa.example.com. IN TLSA 3 1 1 {H32}")
    for name, head in (("type-alone", "TLSA"), ("class-and-type", "IN TLSA"), ("ttl-and-type", "3600 TLSA"), ("ttl-class-and-type", " 3600 IN TLSA")):
        line(name, "no owner: " + " ".join(head.split()), f"{head} 3 1 1 {H32}", f"{mx} {head} 3 1 1 {H32}", has_owner=False)

    def bad_line(name, description, text, error):
        bad("line-" + name, description, "D9 D10", "RFC 1035 section 5.1", text, error)

    bad_line("a-record", "an address record", "mx1.example.com. 3600 IN A 192.0.2.1", "tlsa-other-type")
    bad_line("a-record-without-class", "an address record without class and TTL", "mx1.example.com. A 192.0.2.1", "tlsa-other-type")
    bad_line("aaaa-record-without-owner", "an address record without its owner", "AAAA 2001:db8::1", "tlsa-other-type")
    bad_line("smimea-record", "the same data under another type", f"_25._tcp.mx1.example.com. IN SMIMEA 3 1 1 {H32}", "tlsa-other-type")
    bad_line("another-generic-type", "another type by its number", rf"{mx} IN TYPE53 \# 35 030101{H32}", "tlsa-other-type")
    bad_line("unheard-of-type", "a word in the place of the type", f"{mx} 3600 IN TSLA 3 1 1 {H32}", "tlsa-other-type")
    bad_line("another-class", "class CH", f"{mx} 3600 CH TLSA 3 1 1 {H32}", "tlsa-field-invalid")
    bad_line("two-owners", "two words before the class", f"mx1 {mx} IN TLSA 3 1 1 {H32}", "tlsa-field-invalid")
    bad_line("two-ttls", "two TTLs behind the owner", f"{mx} 3600 3600 TLSA 3 1 1 {H32}", "tlsa-field-invalid")
    bad_line("empty-label", "an owner with an empty label", f"_25._tcp..example.com. IN TLSA 3 1 1 {H32}", "tlsa-owner-invalid")
    bad_line("long-label", "an owner with a label of 64 octets", f"_25._tcp.{'a' * 64}.com. IN TLSA 3 1 1 {H32}", "tlsa-owner-invalid")
    bad_line("origin", "@ stands for a name that is not given", f"@ IN TLSA 3 1 1 {H32}", "tlsa-owner-invalid")
    bad_line("no-data", "nothing behind the type", f"{mx} 3600 IN TLSA", "tlsa-field-missing")
    bad_line("odd-hex", "an odd number of digits in a line", f"{mx} 3600 IN TLSA 3 1 1 abc", "tlsa-odd-hex")
    bad_line("two-records", "two records on two lines", f"{mx} IN TLSA 3 1 1 {H32}\n{mx} IN TLSA 2 1 1 {H32}", "tlsa-several-records")
    bad_line("two-records-on-one-line", "two records on one line", f"{mx} IN TLSA 3 1 1 {H32} {mx} IN TLSA 2 1 1 {H32}", "tlsa-several-records")
    bad_line("three-plain-records", "three records without their types on one line", " ".join([f"3 1 1 {H32}"] * 3), "tlsa-several-records")
    bad_line("two-plain-records", "two records without their types on two lines", f"3 1 1 {H32}\n2 1 1 {H32}", "tlsa-several-records")
    bad_line("type52-wrong-length", "the generic form of a line announces another length", rf"{mx} IN TYPE52 \# 36 030101{H32}", "tlsa-generic-length")
    bad_line("cut-data", "data cut short for people to read", "3 1 1 8d02536c...c8bd", "tlsa-bad-hex")

    bad("empty", "nothing at all", "D9", r22, "", "tlsa-field-missing")
    bad("one-field", "only the usage", "D9", r22, "3", "tlsa-field-missing")
    bad("no-data", "three fields and no data", "D9", r22, "3 1 1", "tlsa-field-missing")
    bad("odd-hex", "an odd number of hex digits", "D10", r22, "3 1 1 abc", "tlsa-odd-hex")
    bad("odd-hex-in-parts", "an odd number of hex digits in two parts", "D10", r22, "3 1 1 ab c", "tlsa-odd-hex")
    bad("no-hex", "a letter that is no hex digit", "D10", r22, "3 1 1 xy", "tlsa-bad-hex")
    bad("hex-prefix", "0x is no hex digit", "D10", r22, "3 1 1 0xab", "tlsa-bad-hex")
    bad("colons", "colons as openssl prints them", "D10", r22, "3 1 1 ab:cd", "tlsa-bad-hex")
    bad("usage-256", "a usage over 255", "D9", r22, f"256 1 1 {H32}", "tlsa-field-range")
    bad("selector-999", "a selector over 255", "D9", r22, f"3 999 1 {H32}", "tlsa-field-range")
    bad("matching-type-huge", "a matching type that overflows every integer", "D9", r22, f"3 1 {'9' * 40} {H32}", "tlsa-field-range")
    bad("negative", "a negative field", "D9", r22, f"3 -1 1 {H32}", "tlsa-field-invalid")
    bad("unknown-acronym", "a word that RFC 7218 does not know", "X6", "RFC 7218 section 2", f"DANE-XX SPKI SHA2-256 {H32}", "tlsa-field-invalid")
    bad("acronym-of-another-field", "a selector's acronym in the place of the usage", "X6", "RFC 7218 section 2", f"SPKI 1 1 {H32}", "tlsa-field-invalid")
    bad("generic-wrong-length", "the generic form announces another length", "X5", "RFC 3597 section 5", rf"\# 34 030101{H32}", "tlsa-generic-length")
    bad("generic-too-short", "three octets are no TLSA record", "X5 D9", "RFC 3597 section 5", r"\# 3 030101", "tlsa-rdata-too-short")
    bad("too-long", "more octets than RDATA can hold", "D9", "RFC 1035 section 3.2.1", "3 1 0 " + "00" * 65533, "tlsa-too-long")
    f.write()


def rdata():
    f = File("tlsa", "rdata", "TLSA RDATA in wire form (RFC 6698 section 2.1)", __file__)
    ref = "RFC 6698 section 2.1"
    for name, text in (("3-1-1", f"3 1 1 {H32}"), ("2-0-2", f"2 0 2 {H64}"), ("0-0-0", "0 0 0 3000"), ("private", "255 255 255 00"),
                       ("unassigned", "9 9 9 0102"), ("least", "3 1 0 01")):
        record = by_dnspython(text)
        f.add(name, f"decodes and encodes back: {text[:24]}", "D6 D7 D19", ref, "dnspython", {"rdata": record.pop("rdata")}, record)
    for n in range(4):
        f.add(f"{n}-octets", f"{n} octets are too few", "D20", ref, "by the rule", {"rdata": "030101"[: 2 * n]}, {"error": "tlsa-rdata-too-short"})
    f.write()


def digest():
    f = File("tlsa", "digest", "Certificate association data of a certificate (RFC 6698 section 2.1.4)", __file__)
    keys = {"rsa": ["-newkey", "rsa:2048"], "ecdsa": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "ed25519": ["-newkey", "ed25519"]}
    for kind, new in keys.items():
        with tempfile.TemporaryDirectory() as d:
            key, pem = pathlib.Path(d, "k.pem"), pathlib.Path(d, "c.pem")
            openssl("req", "-x509", *new, "-nodes", "-keyout", key, "-out", pem, "-subj", f"/CN=mx.{kind}.test", "-days", "3650")
            cert = openssl("x509", "-in", pem, "-outform", "DER")
            spki = openssl("pkey", "-pubin", "-outform", "DER", data=openssl("x509", "-in", pem, "-noout", "-pubkey"))
            for selector, content in ((0, cert), (1, spki)):
                for mtype in (0, 1, 2):
                    data = content if mtype == 0 else openssl("dgst", ["", "-sha256", "-sha512"][mtype], "-binary", data=content)
                    f.add(f"{kind}-3-{selector}-{mtype}", f"{kind.upper()} key, selector {selector}, matching type {mtype}",
                          "D6 D7 D8" + (" O1 D26" if mtype == 2 else " D25"), "RFC 6698 section 2.1.4", openssl("version").decode().split(" (")[0].strip(),
                          {"certificate": cert.hex(), "usage": 3, "selector": selector, "matching_type": mtype},
                          {"association_data": data.hex()})
    f.write()


def usability():
    f = File("tlsa", "usability", "Which records can be used (RFC 6698 section 4.1, RFC 7672 section 3.1.3)", __file__)
    with tempfile.TemporaryDirectory() as d:
        key, pem = pathlib.Path(d, "k.pem"), pathlib.Path(d, "c.pem")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem, "-subj", "/CN=mx.test")
        cert = openssl("x509", "-in", pem, "-outform", "DER")
        spki = openssl("pkey", "-pubin", "-outform", "DER", data=openssl("x509", "-in", pem, "-noout", "-pubkey"))
    r41, r313 = "RFC 6698 section 4.1", "RFC 7672 section 3.1.3"

    def row(name, description, rules, reference, text, profile, unusable):
        f.add(name, description, rules, reference, "by the rule", {"text": text, "profile": profile}, {"unusable": unusable})

    for usage in (2, 3):
        for selector in (0, 1):
            for mtype, data in ((1, H32), (2, H64)):
                row(f"{usage}-{selector}-{mtype}", "a digest of the right length", "D25 D26", r41, f"{usage} {selector} {mtype} {data}", "smtp", None)
    for usage in (0, 1):
        row(f"{usage}-1-1-smtp", f"usage {usage} on SMTP", "S45 O7", r313, f"{usage} 1 1 {H32}", "smtp", "pkix-usage-for-smtp")
        row(f"{usage}-1-1-any", f"usage {usage} elsewhere", "D25", r41, f"{usage} 1 1 {H32}", "any", None)
    row("unknown-usage", "usage 4", "D19", r41, f"4 1 1 {H32}", "smtp", "unknown-usage")
    row("private-usage", "usage 255 from the DNS", "D19", r41, f"255 1 1 {H32}", "any", "unknown-usage")
    row("unknown-selector", "selector 2", "D19", r41, f"3 2 1 {H32}", "smtp", "unknown-selector")
    row("unknown-matching-type", "matching type 3", "D19", r41, f"3 1 3 {H32}", "smtp", "unknown-matching-type")
    row("sha256-31-octets", "a SHA2-256 digest one octet short", "D20", r41, f"3 1 1 {H32[2:]}", "smtp", "digest-length")
    row("sha256-33-octets", "a SHA2-256 digest one octet long", "D20", r41, f"3 1 1 {H32}00", "smtp", "digest-length")
    row("sha256-sha1-length", "20 octets: a SHA-1 digest", "D20", r41, "3 1 1 " + "5a" * 20, "smtp", "digest-length")
    row("sha512-32-octets", "a SHA2-256 digest under type 2", "D20", r41, f"3 1 2 {H32}", "smtp", "digest-length")
    row("full-certificate", "3 0 0 with a certificate", "D7 D20", r41, f"3 0 0 {cert.hex()}", "smtp", None)
    row("full-key", "3 1 0 with a SubjectPublicKeyInfo", "D7 D20", r41, f"3 1 0 {spki.hex()}", "smtp", None)
    row("full-certificate-cut", "3 0 0 with a certificate cut short", "D20", r41, f"3 0 0 {cert[:-5].hex()}", "smtp", "malformed-certificate")
    row("full-certificate-trailing", "3 0 0 with octets behind the certificate", "D20", r41, f"3 0 0 {cert.hex()}00", "smtp", "malformed-certificate")
    row("full-certificate-is-key", "3 0 0 with a key", "D20 D6", r41, f"3 0 0 {spki.hex()}", "smtp", "malformed-certificate")
    row("full-key-is-certificate", "3 1 0 with a certificate", "D20 D6", r41, f"3 1 0 {cert.hex()}", "smtp", "malformed-key")
    row("full-key-cut", "2 1 0 with a key cut short", "D20", r41, f"2 1 0 {spki[:-3].hex()}", "smtp", "malformed-key")
    f.write()


def agility():
    f = File("tlsa", "agility", "Digest algorithm agility (RFC 7671 section 9)", __file__)

    def row(name, description, rules, texts, aside):
        f.add(name, description, rules, "RFC 7671 section 9", "by the rule", {"records": texts, "profile": "smtp"}, {"set_aside": aside})

    key = openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    full = "3 1 0 " + openssl("pkey", "-pubout", "-outform", "DER", data=key).hex()
    a, b, s = f"3 1 1 {H32}", f"3 1 1 {'11' * 32}", f"3 1 2 {H64}"
    row("one", "one record stays", "O44", [a], [False])
    row("two-of-one-digest", "two records of one digest both stay", "O44", [a, b], [False, False])
    row("512-sets-256-aside", "the stronger digest sets the weaker aside", "O40 O44 O46", [a, s], [True, False])
    row("order-does-not-matter", "the same the other way round", "O44", [s, a], [False, True])
    row("full-stays", "Full(0) stays beside a digest", "O44", [full, a], [False, False])
    row("malformed-full", "a malformed Full(0) record takes no part", "O43 D20", ["3 1 0 3000", a], [False, False])
    row("per-selector", "another selector is another set", "O44", [f"3 0 1 {H32}", s], [False, False])
    row("per-usage", "another usage is another set", "O44", [f"2 1 1 {H32}", s], [False, False])
    row("unusable-512", "an unusable SHA2-512 record sets nothing aside", "O43", [a, f"3 1 2 {H32}"], [False, False])
    row("unusable-usage", "records unusable on SMTP set nothing aside", "O43 S45", [a, f"1 1 2 {H64}"], [False, False])
    row("all-three", "of 3 1 0, 3 1 1 and 3 1 2 the middle one goes", "O46", [full, a, s], [False, True, False])
    row("many", "every SHA2-256 record of the set goes", "O44", [a, b, s, f"3 1 1 {'22' * 32}"], [True, True, False, True])
    row("unknown-type", "an unknown matching type takes no part", "O43 D19", [a, f"3 1 7 {H64}"], [False, False])
    f.write()


def owner():
    f = File("tlsa", "owner", "Owner names (RFC 6698 section 3)", __file__)

    def row(name, description, rules, port, proto, base, expected):
        f.add(name, description, rules, "RFC 6698 section 3", "by the rule", {"port": port, "proto": proto, "base": base}, expected)

    row("smtp", "SMTP", "D11 S31", 25, "tcp", "mx.example.test", {"owner": "_25._tcp.mx.example.test"})
    row("https", "another port", "D11 D13", 443, "tcp", "www.example.test", {"owner": "_443._tcp.www.example.test"})
    row("udp", "UDP", "D11", 853, "udp", "ns.example.test", {"owner": "_853._udp.ns.example.test"})
    row("sctp", "SCTP", "D11", 9, "sctp", "h.example.test", {"owner": "_9._sctp.h.example.test"})
    row("largest-port", "the largest port", "D11", 65535, "tcp", "h.example.test", {"owner": "_65535._tcp.h.example.test"})
    row("idn", "an international base domain", "D12", 25, "tcp", "b\u00fccher.example.test", {"owner": "_25._tcp.xn--bcher-kva.example.test"})
    row("upper-case", "case is folded", "D11", 25, "tcp", "MX.Example.TEST", {"owner": "_25._tcp.mx.example.test"})
    row("too-long", "no room for the two labels", "D11", 25, "tcp", ".".join(["a" * 49] * 5), {"error": "domain-too-long"})
    f.write()


for make in (presentation, rdata, digest, usability, agility, owner):
    make()
