#!/usr/bin/python3
"""Vectors of domain names and of names in certificates.  A-labels come from python3-idna; name matches are by the
rule, and those that `openssl x509 -checkhost` can judge are compared with it here."""
import pathlib
import subprocess
import tempfile

import idna

from common import File


def domain_name():
    f = File("core", "domain-name", "Domain names as people type them (RFC 1035, RFC 5890)", __file__)
    ref = "RFC 1035 section 2.3"

    def good(name, description, rules, text, expected, source="by the rule"):
        f.add(name, description, rules, ref, source, {"text": text}, {"name": expected})

    def bad(name, description, rules, text, error):
        f.add(name, description, rules, ref, "by the rule", {"text": text}, {"error": error})

    good("plain", "a plain name", "D11", "mx.example.com", "mx.example.com")
    good("trailing-dot", "one trailing dot", "D11", "mx.example.com.", "mx.example.com")
    good("upper-case", "case is folded", "I1", "MX.Example.COM", "mx.example.com")
    good("one-label", "a top-level domain", "D11", "test", "test")
    good("underscore", "an underscore label", "D11", "_dmarc.example.com", "_dmarc.example.com")
    good("digits", "labels of digits", "D11", "1.2.3.example", "1.2.3.example")
    good("longest-label", "63 octets in a label", "D11", "a" * 63 + ".test", "a" * 63 + ".test")
    for name, text in (("umlaut", "b\u00fccher.example"), ("sharp-s", "stra\u00dfe.example"), ("cyrillic", "\u043f\u043e\u0447\u0442\u0430.example"),
                       ("chinese", "\u4f8b\u5b50.example"), ("arabic", "\u0645\u062b\u0627\u0644.example"), ("tld", "example.\u0440\u0444")):
        good("idn-" + name, "a U-label becomes an A-label", "D12", text, idna.encode(text, uts46=True, transitional=False).decode(), "python3-idna " + idna.__version__)
    good("idn-upper", "UTS 46 maps upper case", "D12", "B\u00dcCHER.example", idna.encode("b\u00fccher.example").decode(), "python3-idna " + idna.__version__)
    good("idn-decomposed", "UTS 46 composes", "D12", "bu\u0308cher.example", idna.encode("b\u00fccher.example").decode(), "python3-idna " + idna.__version__)
    good("idn-ideographic-dot", "an ideographic full stop separates labels", "D12", "mx\u3002example", "mx.example")
    good("a-label", "an A-label stays", "D12", "xn--bcher-kva.example", "xn--bcher-kva.example")
    bad("empty", "nothing", "D11", "", "domain-empty")
    bad("dot", "the root is no mail domain", "D11", ".", "domain-empty")
    bad("empty-label", "two dots", "D11", "a..b", "domain-empty-label")
    bad("leading-dot", "a leading dot", "D11", ".example.com", "domain-empty-label")
    bad("two-trailing-dots", "two trailing dots", "D11", "example.com..", "domain-empty-label")
    bad("long-label", "64 octets in a label", "D11", "a" * 64 + ".test", "domain-label-too-long")
    bad("too-long", "more than 255 octets", "D11", ".".join(["a" * 49] * 6), "domain-too-long")
    bad("ipv4", "an IPv4 address", "M41 I3", "192.0.2.1", "domain-is-address")
    bad("ipv4-brackets", "an address literal", "I3", "[192.0.2.1]", "domain-is-address")
    bad("ipv6", "an IPv6 address", "I3", "2001:db8::1", "domain-is-address")
    bad("space", "a space inside", "D11", "exa mple.com", "domain-bad-character")
    bad("control", "an escape character", "D11", "exa\x1bmple.com", "domain-bad-character")
    bad("nul", "a NUL", "I6", "exa\x00mple.com", "domain-bad-character")
    bad("at-sign", "an address of a person", "D11", "postmaster@example.com", "domain-bad-character")
    bad("slash", "a URL", "D11", "https://example.com", "domain-bad-character")
    bad("idn-disallowed", "a character that IDNA refuses", "D12", "a\u2603\u200d.example", "domain-bad-idn")
    f.write()


def checkhost(presented, reference):
    """What OpenSSL says of a certificate with just that dNSName."""
    with tempfile.TemporaryDirectory() as d:
        pem = pathlib.Path(d, "c.pem")
        conf = pathlib.Path(d, "c.cnf")
        conf.write_text(f"[req]\ndistinguished_name=dn\nx509_extensions=e\nprompt=no\n[dn]\nCN=ignored\n[e]\nsubjectAltName=@n\n[n]\nDNS.1={presented}\n")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
                        "-out", pem, "-config", conf], check=True, capture_output=True)
        out = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-checkhost", reference], capture_output=True, text=True).stdout
        return "does match" in out


def dns_id():
    f = File("x509", "dns-id", "A certificate's dNSName against a reference identifier (RFC 6125, RFC 9525)", __file__)

    def row(name, description, rules, presented, reference, match, rfc="RFC 6125 section 6.4", openssl=True):
        source = "by the rule"
        if openssl:
            if checkhost(presented, reference) != match:
                raise SystemExit(f"openssl disagrees about {presented!r} and {reference!r}")
            source = "openssl x509 -checkhost"
        f.add(name, description, rules, rfc, source, {"presented": presented, "reference": reference}, {"match": match})

    m = "mx1.example.test"
    row("equal", "the same name", "I1", m, m, True)
    row("case", "letters in another case", "I1", "MX1.Example.TEST", m, True)
    row("other", "another name", "I1", "mx2.example.test", m, False)
    row("parent", "the parent", "I1", "example.test", m, False)
    row("child", "a sub-domain", "I1", "a." + m, m, False)
    row("suffix", "a name that only ends the same", "I1", "xmx1.example.test", m, False)
    row("prefix", "a name that only begins the same", "I1", m + "x", m, False)
    row("wildcard", "a wildcard for one label", "I3 S54", "*.example.test", m, True)
    row("wildcard-two-labels", "a wildcard does not stand for two labels", "I3 S54 S56", "*.example.test", "a.b.example.test", False)
    row("wildcard-no-label", "a wildcard does not stand for no label", "I3 S54", "*.example.test", "example.test", False)
    row("wildcard-case", "a wildcard with another case", "I1 I3", "*.EXAMPLE.test", m, True)
    row("wildcard-right", "a wildcard that is not left-most", "I3", "mx1.*.test", m, False)
    row("wildcard-double", "two wildcards", "I3", "*.*.test", m, False)
    row("wildcard-alone", "a wildcard alone", "I3", "*", "test", False)
    row("wildcard-tld", "a wildcard right below the root", "I3 I8", "*.test", "example.test", False)
    row("partial-prefix", "mx*: part of a label", "S55", "mx*.example.test", m, False, openssl=False)
    row("partial-suffix", "*1: part of a label", "S55", "*1.example.test", m, False, openssl=False)
    row("partial-inside", "m*1: part of a label", "S55", "m*1.example.test", m, False, openssl=False)
    row("a-label", "an A-label", "I1", "xn--bcher-kva.example.test", "xn--bcher-kva.example.test", True)
    row("wildcard-for-a-label", "a wildcard stands for a whole A-label", "I4", "*.example.test", "xn--bcher-kva.example.test", True)
    row("wildcard-in-a-label", "a wildcard inside an A-label", "I4", "xn--*-kva.example.test", "xn--bcher-kva.example.test", False, openssl=False)
    row("nul", "a NUL behind the right name", "I6", "mx1.example.test\x00.evil.test", m, False, openssl=False)
    row("nul-end", "a NUL at the end", "I6", "mx1.example.test\x00", m, False, openssl=False)
    row("non-ascii", "an octet that is not ASCII", "I6", "mx1.ex\u00e4mple.test", "mx1.ex\u00e4mple.test", False, openssl=False)
    row("empty", "an empty dNSName", "I1", "", m, False, openssl=False)
    row("address", "a name is not an address", "I5", "192.0.2.1", m, False)
    row("below", "a reference with a leading dot: a sub-domain", "I1", "mx1.example.test", ".example.test", True)
    row("below-deep", "a reference with a leading dot: any depth", "I1", "a.b.example.test", ".example.test", True)
    row("below-self", "a reference with a leading dot: not the domain itself", "I1", "example.test", ".example.test", False)
    row("below-other", "a reference with a leading dot: another domain", "I1", "mx1.badexample.test", ".example.test", False)
    f.write()


domain_name()
dns_id()
