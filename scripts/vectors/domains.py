#!/usr/bin/python3
"""Vectors of whole domains: what was seen -> outcome of every host, status, findings.  Written from the rules."""
from common import File
from evidence import SIGNED, World
from pki import TIME, issue, new_key, tlsa, wrong

MX, MX2 = "mx1.example.test", "mx2.example.test"
ROOT = issue("Vector Root", ca=True, start=-1000, end=3000)
INT = issue("Vector Intermediate", ROOT, ca=True, start=-500, end=1000)
RSA_KEY = new_key("rsa")
LEAF = issue(MX, INT, dns=[MX])
LEAF_RSA = issue(MX, INT, RSA_KEY, dns=[MX])
LEAF2 = issue(MX2, INT, dns=[MX2])
OTHER = issue("www.other.test", INT, dns=["www.other.test"])
OLD = issue(MX, INT, dns=[MX], start=-90, end=-1)
SOON = issue(MX, INT, dns=[MX], start=-80, end=5)
SELF = issue(MX, dns=[MX])
PREVIOUS = issue(MX, INT, dns=[MX])
EE, TA = tlsa(3, 1, 1, LEAF), tlsa(2, 1, 1, INT)

f = File("check", "domain", "Whole domains: recorded evidence -> report (RFC 7672 section 2)", __file__)


def row(name, description, rules, reference, world, status, outcomes, findings):
    """findings: all that are not notes."""
    f.add(name, description, rules, "RFC " + reference, "by the rule", {"evidence": world.evidence()},
          {"status": status, "outcomes": outcomes, "findings": sorted(findings.split())}, TIME)


def base(*records, chain=(LEAF, INT), **options):
    """One MX host with one address, everything signed; the server shows `chain` for ECDSA."""
    w = World(**options)
    w.mx((10, MX))
    w.address(MX)
    w.tlsa(MX, *records)
    w.serve(MX, ecdsa=list(chain))
    return w


def good_cases():
    s, v = "7672 section 2.2", "verified"
    row("good-ee", "3 1 1 matches", "S11 S46 S38 D15", s, base(EE), "ok", [v], "")
    row("good-ta", "2 1 1 matches and the name fits", "S48 S46", "7672 section 3.1.2", base(TA), "ok", [v], "")
    w = base(EE, tlsa(3, 1, 1, LEAF_RSA))
    w.serve(MX, ecdsa=[LEAF, INT], rsa=[LEAF_RSA, INT])
    row("good-two-keys", "RSA and ECDSA, a record for each", "O51 S65", "7671 section 10.3", w, "ok", [v], "")
    row("expired-ee", "an expired leaf and 3 1 1", "S40 O10", "7672 section 3.1.1", base(tlsa(3, 1, 1, OLD), chain=(OLD, INT)), "ok", [v], "")
    row("expired-ta", "an expired leaf and 2 1 1", "O13", "7671 section 5.2", base(TA, chain=(OLD, INT)), "critical", ["refuted"], "certificate-expired")
    row("soon-ta", "a leaf that ends in five days and 2 1 1", "O13", "7671 section 5.2", base(TA, chain=(SOON, INT)), "warning", [v], "certificate-expiring")
    row("soon-ee", "a leaf that ends in five days and 3 1 1", "S40", "7672 section 3.1.1", base(tlsa(3, 1, 1, SOON), chain=(SOON, INT)), "ok", [v], "")
    old_ca = issue("Vector Intermediate", ROOT, INT.key, ca=True, start=-500, end=-3)
    row("expired-anchor", "2 1 1 of an intermediate that has expired: OpenSSL accepts it, others may not", "O13", "7671 section 5.2",
        base(TA, chain=(LEAF, old_ca)), "warning", [v], "certificate-expired")
    row("name-ta", "2 1 1 and another name", "S48 O22", "7672 section 3.2.2", base(TA, chain=(OTHER, INT)), "critical", ["refuted"], "tlsa-name-mismatch")
    row("name-ee", "3 1 1 and another name", "S39 S47", "7672 section 3.1.1", base(tlsa(3, 1, 1, OTHER), chain=(OTHER, INT)), "ok", [v], "")
    w = base(TA, chain=(issue("example.test", INT, dns=["example.test"]), INT))
    row("next-hop-name", "the certificate names the domain, not the host", "S49", "7672 section 3.2.2", w, "ok", [v], "")
    row("agility-trap", "3 0 1 right, 3 0 2 wrong", "O44 O46", "7671 section 9", base(tlsa(3, 0, 1, LEAF), wrong(3, 0, 2)), "critical", ["refuted"], "tlsa-agility-trap")
    row("ta-not-sent", "2 1 1 of a root that is not sent", "O18 O14 S41 D14", "7672 section 3.1.2", base(tlsa(2, 1, 1, ROOT)), "critical", ["refuted"], "tlsa-ta-not-sent")
    row("pkix-only", "0 1 1 alone", "S12 S44 S45 O53 O56", "7672 section 3.1.3", base(tlsa(0, 1, 1, ROOT)), "warning", ["unusable"], "tlsa-all-unusable tlsa-pkix-usage")
    row("pkix-beside", "0 1 1 beside a good 3 1 1", "S44 S45", "7672 section 3.1.3", base(tlsa(0, 1, 1, ROOT), EE), "warning", [v], "tlsa-pkix-usage")
    row("sha512-only", "only SHA2-512", "O2 S37", "7671 section 2", base(tlsa(3, 1, 2, LEAF)), "warning", [v], "tlsa-sha512-only")
    row("next-key", "3 1 1 of this key and of another that is not shown", "O33 S57", "7672 section 4", base(EE, wrong(3, 1, 1)), "ok", [v], "")
    row("digests-differ", "another object has SHA2-256 only, this key both digests", "O32 O45", "7671 section 8", base(EE, tlsa(3, 1, 2, LEAF), wrong(3, 1, 1)),
        "warning", [v], "tlsa-digests-differ")
    row("full-key", "the whole key, 3 1 0", "O15 S42", "7671 section 5.2.1", base(tlsa(3, 1, 0, LEAF)), "warning", [v], "tlsa-full-data")
    row("full-certificate", "the whole certificate, 3 0 0", "O48 S42", "7671 section 10.1.2", base(tlsa(3, 0, 0, LEAF)), "warning", [v], "tlsa-full-data")
    row("ta-certificate-not-sent", "2 0 0 of an intermediate that is not sent", "O14 O19", "7671 section 5.2.2", base(tlsa(2, 0, 0, INT), chain=(LEAF,)), "ok", [v], "")
    row("ta-key-not-sent", "2 1 0 of an intermediate that is not sent", "O20 O21", "7671 section 5.2.3", base(tlsa(2, 1, 0, INT), chain=(LEAF,)), "ok", [v], "")
    w = base(EE, *[f"3 1 1 {i:064x}" for i in range(1, 14)])
    row("many", "fourteen records", "O47", "7671 section 10.1.1", w, "warning", [v], "tlsa-too-many")
    w = base()
    w.tlsa(MX, EE, size=1700)
    row("large", "an answer of 1700 octets", "O47", "7671 section 10.1.1", w, "warning", [v], "tlsa-answer-large")
    w = base()
    sig = {"owner": f"_25._tcp.{MX}", "covered": "TLSA", "signer": "test", "algorithm": 13, "key_tag": 1, "labels": 5, **SIGNED, "expiration": "2026-11-22T10:00:00Z"}
    w.tlsa(MX, EE, signatures=[sig])
    row("signature-ends", "the RRSIG ends in twelve hours", "O55 O57", "7671 section 13", w, "warning", [v], "rrsig-expiring")


def mx_cases():
    s = "7672 section 2.2.1"
    w = World()
    w.mx((0, ""))
    row("null-mx", "a null MX: no mail, nothing is probed", "N1 N3 S24", "7505 section 3", w, "ok", [], "")
    w = base(EE)
    w.mx((0, ""), (10, MX))
    row("null-mx-mixed", "a null MX beside another", "N2", "7505 section 3", w, "critical", ["verified"], "null-mx-mixed")
    w = World()
    w.absent("example.test", "MX")
    w.address("example.test")
    w.tlsa("example.test", tlsa(3, 1, 1, SELF))
    w.serve("example.test", ecdsa=[SELF])
    row("implicit-mx", "no MX, proven: the domain is the host", "S23 S52", s, w, "ok", ["verified"], "")
    w = World()
    w.absent("example.test", "MX", exists=False)
    row("nxdomain", "no such domain", "S23", s, w, "critical", [], "domain-not-found")
    for why, finding, status in (("bogus", "dns-bogus", "critical"), ("servfail", "dns-lookup-failed", "unknown"), ("timeout", "dns-lookup-failed", "unknown"),
                                 ("malformed", "dns-lookup-failed", "unknown"), ("refused", "dns-lookup-failed", "unknown")):
        w = World()
        w.failed("example.test", "MX", why)
        row(f"mx-{why}", f"{why} at MX is no absence", "S5 S2", "7672 section 2.1.2", w, status, [], finding)
        w = base(EE)
        w.failed(f"_25._tcp.{MX}", "TLSA", why)
        row(f"tlsa-{why}", f"{why} at TLSA is no absence", "S7 S14 D16", "7672 section 2.1.2", w, status, ["undetermined"], finding)
        w = base(EE)
        w.failed(MX, "A", why)
        row(f"address-{why}", f"{why} at the address is no absence", "S6 S7", "7672 section 2.1.2", w, status, ["undetermined"], finding)
    w = base(EE)
    w.mx((10, MX), security="insecure")
    row("half-dane", "insecure MX, secure host", "S18 S19 S51", s, w, "warning", ["verified"], "mx-insecure")
    w = base(TA, chain=(issue("example.test", INT, dns=["example.test"]), INT))
    w.mx((10, MX), security="insecure")
    row("half-dane-name", "with an insecure MX the domain's name does not count", "S51", "7672 section 3.2.2", w, "critical", ["refuted"], "mx-insecure tlsa-name-mismatch")
    w = base(EE, require_dane=True)
    w.mx((10, MX), security="insecure")
    row("half-dane-required", "DANE is required, and the MX is insecure", "S21", s, w, "critical", ["verified"], "mx-insecure")
    for security, rules, status, outcome, findings in (("secure", "S50", "ok", "verified", ""),
                                                       ("insecure", "S51 I7", "critical", "refuted", "mx-insecure tlsa-name-mismatch")):
        w = base(TA, chain=(issue("real.test", INT, dns=["real.test"]), INT))
        w.found("example.test", "MX", [f"10 {MX}."], security, aliases=("real.test",))
        row(f"domain-alias-{security}", f"the domain is an alias, {security}; the certificate names its target", rules, "7672 section 3.2.2", w,
            status, [outcome], findings)
    w = base(EE)
    w.mx((10, MX), (20, MX2))
    w.address(MX2, ("192.0.2.2",))
    w.tlsa(MX2)
    w.serve(MX2, ecdsa=[LEAF2, INT], address="192.0.2.2")
    row("partial", "one host of two has records", "S66 S22", "7672 section 2.2.1", w, "warning", ["verified", "no-records"], "dane-partial")
    w = base(EE)
    w.mx((20, MX), (10, MX2))
    w.address(MX2, ("192.0.2.2",), security="insecure")
    w.serve(MX2, ecdsa=[LEAF2, INT], address="192.0.2.2")
    row("preference", "the insecure host has the better preference, and goes first", "S17 S66", s, w, "warning", ["insecure", "verified"], "dane-partial")
    w = base(EE)
    w.mx((10, MX), (20, MX2))
    w.failed(MX2, "A", "servfail")
    w.absent(MX2, "AAAA")
    row("one-address-lookup-fails", "the address lookup of the second host fails, the first goes on", "S6", "7672 section 2.1.2", w, "unknown",
        ["verified", "undetermined"], "dns-lookup-failed")
    w = base(EE)
    w.mx((10, MX), (20, MX2))
    w.address(MX2, ("192.0.2.2",))
    w.failed(f"_25._tcp.{MX2}", "TLSA", "bogus")
    row("one-tlsa-bogus", "TLSA of the second host is bogus, the first goes on", "S7 S14", "7672 section 2.2", w, "critical", ["verified", "undetermined"], "dns-bogus")
    w = World()
    w.found(".", "SOA", ["a.test. b.test. 1 2 3 4 5"], "insecure")
    w.mx((10, MX), security="insecure")
    w.address(MX, security="insecure")
    w.serve(MX, ecdsa=[LEAF, INT])
    row("blind-resolver", "the resolver brings even the root's SOA without DNSSEC", "S4 X1", "7672 section 2.1.3", w, "unknown", ["insecure"], "resolver-not-validating")


def host_cases():
    s = "7672 section 2.2.2"
    w = base()
    row("no-records", "no TLSA records, proven", "S13", "7672 section 2.2", w, "ok", ["no-records"], "")
    w = base()
    w.tlsa(MX, security="insecure")
    row("no-records-insecure", "an insecure denial is no error", "S30 X10", "7672 section 2.2", w, "ok", ["no-records"], "")
    w = base(require_dane=True)
    row("required", "DANE is required and not there", "S16", "7672 section 6", w, "critical", ["no-records"], "dane-required")
    w = base(tlsa(0, 1, 1, ROOT), require_dane=True)
    row("required-unusable", "DANE is required, and no record is usable", "S16 O52", "7671 section 10.3", w, "critical", ["unusable"],
        "dane-required tlsa-all-unusable tlsa-pkix-usage")
    w = World()
    w.mx((10, MX))
    w.address(MX, security="insecure")
    w.serve(MX, ecdsa=[LEAF, INT])
    row("insecure-address", "insecure addresses: TLSA is not even asked", "S26 S25", s, w, "ok", ["insecure"], "")
    w = base(EE)
    w.tlsa(MX, EE, security="insecure")
    row("insecure-tlsa", "an insecure TLSA RRset does not count", "D17 D24 S13 S34", "6698 section 4.1", w, "ok", ["insecure"], "")
    w = base(EE)
    w.address(MX, ("192.0.2.1",), ("2001:db8::1",))
    w.found(MX, "AAAA", ["2001:db8::1"], "insecure")
    w.serve(MX, ecdsa=[LEAF, INT], address="2001:db8::1")
    row("either-secure", "A secure, AAAA insecure: one is enough", "S29", s, w, "ok", ["verified"], "")
    w = World()
    w.mx((10, MX))
    w.address(MX, ())
    row("no-address", "no address at all", "S27", s, w, "critical", ["undetermined"], "host-no-address")
    w = base(EE)
    w.address(MX, (), ("2001:db8::1",))
    w.serve(MX, ecdsa=[LEAF, INT], address="2001:db8::1")
    row("ipv6-only", "an address of IPv6 only", "S27", s, w, "ok", ["verified"], "")
    target = "real.example.test"
    for name, rules, placed, outcome, text in (("alias-expanded", "S28 S59 O26 O29 O31 O49 X11", target, "verified", "records at the end of a secure alias"),
                                               ("alias-original", "S28 S32 O27", MX, "verified", "records at the alias, none at its end")):
        w = World()
        w.mx((10, MX))
        for kind, there in (("A", True), ("AAAA", False)):
            if there:
                w.found(MX, kind, ["192.0.2.1"], aliases=(target,))
            else:
                w.absent(MX, kind)
        w.tlsa(target, *([EE] if placed == target else []))
        w.tlsa(MX, *([EE] if placed == MX else []))
        w.serve(MX, ecdsa=[LEAF, INT], sni=placed)
        row(name, text, rules, "7672 section 2.2.2", w, "warning", [outcome], "mx-target-alias")
    for name, named, rules, outcome, findings in (("alias-name", target, "S48 O30", "verified", "mx-target-alias"),
                                                  ("alias-host-name", MX, "S48 O30", "refuted", "mx-target-alias tlsa-name-mismatch")):
        w = World()
        w.mx((10, MX))
        w.found(MX, "A", ["192.0.2.1"], aliases=(target,))
        w.absent(MX, "AAAA")
        w.tlsa(target, TA)
        w.serve(MX, ecdsa=[issue(named, INT, dns=[named]), INT], sni=target)
        row(name, f"2 1 1 at the end of a secure alias, certificate for {named}", rules, "7671 section 7", w,
            "warning" if outcome == "verified" else "critical", [outcome], findings)
    w = World()
    w.mx((10, MX))
    w.found(MX, "A", ["192.0.2.1"], aliases=("middle.example.test", target))
    w.absent(MX, "AAAA")
    w.tlsa("middle.example.test", EE)
    for bare in (target, MX, "example.test"):
        w.tlsa(bare)
    w.serve(MX, ecdsa=[LEAF, INT])
    row("alias-middle", "records at the middle of an alias chain are never looked for", "O28", "7672 section 2.2.3", w, "warning", ["no-records"], "mx-target-alias")
    w = World()
    w.mx((10, MX))
    w.found(MX, "A", ["192.0.2.1"], "insecure", aliases=("far.insecure.test",))
    w.absent(MX, "AAAA", "insecure")
    w.found(MX, "CNAME", ["far.insecure.test."])
    w.tlsa(MX, EE)
    w.serve(MX, ecdsa=[LEAF, INT])
    row("alias-insecure-end", "a secure alias to an insecure name: the alias's own name counts", "S28", "7672 section 2.2.2", w, "warning", ["verified"], "mx-target-alias")
    w = World()
    w.mx((10, MX))
    w.found(MX, "A", ["192.0.2.1"], "insecure", aliases=("far.insecure.test",))
    w.absent(MX, "AAAA", "insecure")
    w.found(MX, "CNAME", ["far.insecure.test."], "insecure")
    w.serve(MX, ecdsa=[LEAF, INT])
    row("alias-insecure", "an insecure alias: DANE does not apply", "S26 S28 S10", "7672 section 2.2.2", w, "warning", ["insecure"], "mx-target-alias")
    w = base(EE)
    w.found(f"_25._tcp.{MX}", "TLSA", [EE], aliases=("_dane.example.test",))
    row("tlsa-alias", "TLSA behind a secure alias", "S33 D30", "7672 section 2.2.3", w, "ok", ["verified"], "")
    w = base()
    w.tlsa(MX, security="secure")
    w.tlsa("example.test", EE)
    row("at-domain", "records at the domain instead of the host", "S31", "7672 section 2.2.3", w, "warning", ["no-records"], "tlsa-at-domain")


def probe_cases():
    s = "7672 section 2.2"
    for kind, finding, outcome, status, rules in (
            ("starttls-not-offered", "starttls-not-offered", "refuted", "critical", "S15 S36"), ("starttls-rejected", "starttls-rejected", "refuted", "critical", "S15 S36"),
            ("plaintext-injected", "plaintext-injected", "refuted", "critical", "S36"), ("not-the-protocol", "not-smtp", "refuted", "critical", "S36"),
            ("greeting-rejected", "greeting-rejected", "undetermined", "unknown", "S14"), ("greeting-timeout", "greeting-timeout", "undetermined", "unknown", "S14"),
            ("closed", "server-closed", "undetermined", "unknown", "S14"), ("refused", "host-unreachable", "undetermined", "unknown", "S14"),
            ("handshake-failed", "tls-handshake-failed", "refuted", "critical", "S15")):
        w = base(EE)
        w.breaks(MX, kind, reply="421 busy" if kind == "greeting-rejected" else "", alert="internal error" if kind == "handshake-failed" else "")
        row(f"probe-{kind}", f"the server with records: {kind}", rules, s, w, status, [outcome], finding)
    w = base(tlsa(0, 1, 1, ROOT))
    w.breaks(MX, "starttls-not-offered")
    row("unusable-no-starttls", "no record is usable, and still no mail without TLS", "O54 S36", "7671 section 10.3", w, "critical", ["refuted"],
        "starttls-not-offered tlsa-all-unusable tlsa-pkix-usage")
    w = base(EE)
    w.probe(MX, "192.0.2.1", "ECDSA", w.fails("greeting-rejected", "421 busy"))
    row("one-offer-untested", "no RSA chain, and the ECDSA one could not be tested: nothing is known", "S14 S65", s, w, "unknown", ["undetermined"], "greeting-rejected")
    w = base()
    w.breaks(MX, "starttls-not-offered")
    row("plain-without-records", "no STARTTLS and no records: DANE is not concerned", "S13", s, w, "warning", ["no-records"], "starttls-not-offered")
    w = base(EE)
    w.address(MX, ("192.0.2.1", "192.0.2.2"))
    w.breaks(MX, "connect-timeout", "192.0.2.2")
    row("one-address-down", "one of two addresses cannot be reached", "S65", s, w, "warning", ["verified"], "address-unreachable")
    w = base(EE)
    w.address(MX, ("192.0.2.1", "192.0.2.2"))
    w.serve(MX, ecdsa=[PREVIOUS, INT], address="192.0.2.2")
    row("one-address-differs", "one of two addresses shows another key", "S65 O51", s, w, "critical", ["refuted"], "address-differs tlsa-no-match")
    w = base(EE)
    w.serve(MX, ecdsa=[LEAF, INT], rsa=[LEAF_RSA, INT])
    w.probe(MX, "192.0.2.1", "RSA", w.presents([LEAF_RSA, INT]), "")
    row("one-key-uncovered", "RSA and ECDSA, a record for ECDSA only", "S65 O51", "7671 section 10.3", w, "critical", ["refuted"], "key-type-uncovered tlsa-no-match")
    w = base(EE)
    w.serve(MX, ecdsa=[PREVIOUS, INT], plain=[LEAF, INT])
    row("sni-chain-wrong", "the right chain only without SNI", "S60 O5", "7672 section 8.1", w, "critical", ["refuted"], "sni-chain-wrong tlsa-no-match")
    w = base(EE)
    w.address(MX, ("192.0.2.1",), ("2001:db8::1",))
    w.breaks(MX, "no-route", "2001:db8::1")
    row("no-ipv6-here", "no route to IPv6 from here is not the server's fault", "S65", s, w, "ok", ["verified"], "")


for make in (good_cases, mx_cases, host_cases, probe_cases):
    make()
f.write()
