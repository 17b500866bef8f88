"""Zones: every signing case of the table dns-cases.tsv, and mail domains on top of them."""

import re

from .world import record

# zone, algorithm, ldns-signzone options for NSEC3
SOUND = (("signed.test", "13", ()), ("sub.signed.test", "13", ()), ("alg8.test", "8", ("-n", "-t", "0")),
         ("alg15.test", "15", ()), ("alg13n3.test", "13", ("-n", "-t", "0")),
         ("optout.test", "13", ("-n", "-p", "-t", "0")), ("wild.test", "13", ()),
         ("wildn3.test", "13", ("-n", "-t", "0")), ("iter.test", "13", ("-n", "-t", "300", "-s", "aabbccdd")))


def plant(w):
    zones(w)
    aliases(w)
    special_names(w)
    mail_on_insecure(w)
    mail_on_aliases(w)
    lookup_faults(w)


def good_host(w, name, tlsa=True):
    certificate = w.pki.leaf(name)
    w.host(name, [certificate], *([record(3, 1, 1, certificate)] if tlsa else []))
    return certificate


def mail_at(w, zone):
    """A mail domain at the apex of the zone, in order but for what the zone does to it."""
    host, = w.domain(zone, "mx1")
    good_host(w, host)
    w.rr(f"a1.{zone}", "A", w.instance.address(0, 99))


def flip_tlsa(text):
    """Another last digit in every TLSA record of the signed zone."""
    return re.sub(r"(\sTLSA\s+3 1 1 [0-9a-fA-F]*)([0-9a-fA-F])",
                  lambda m: m[1] + ("0" if m[2] != "0" else "1"), text)


def drop_tlsa_signatures(text):
    return "".join(line for line in text.splitlines(True) if not re.search(r"\sRRSIG\s+TLSA\s", line))


def wrong_ds(text):
    return re.sub(r"(\sDS\s+\d+ \d+ 2 )(....)", lambda m: m[1] + ("dead" if m[2] != "dead" else "beef"), text)


def unknown_ds_algorithm(text):
    return re.sub(r"(\sDS\s+\d+) 13 2", r"\1 252 2", text)


def zones(w):
    for name, algorithm, denial in SOUND:
        w.zone(name, algorithm=algorithm, denial=denial)
    w.zone("insecure.test", algorithm="")
    w.zone("unsigned.optout.test", algorithm="")
    w.zone("expired.test", validity=("-60d", "-2d"))
    w.zone("expiring.test", validity=("-20d", "+20h"))
    host = "mx1.tlsa-expired-sig.test"
    w.zone(f"_tcp.{host}", validity=("-60d", "-2d"))
    w.zone("tampered.test", damage=flip_tlsa)
    w.zone("nosig.test", damage=drop_tlsa_signatures)
    w.zone("wrongds.test", ds_damage=wrong_ds)
    w.zone("unkalg.test", ds_damage=unknown_ds_algorithm)
    for name in w.zones:
        if name not in (".", "test", "sub.signed.test", f"_tcp.{host}"):
            mail_at(w, name)
    w.domain("tlsa-expired-sig.test", "mx1")
    good_host(w, host)


def aliases(w):
    """Aliases of TLSA owners, from the signed zone into others."""
    shared = record(3, 1, 1, w.pki.leaf("shared.test"))
    w.rr("_dane.sub.signed.test", "TLSA", shared)
    w.rr("_dane.alg8.test", "TLSA", shared)
    for number, target in enumerate(("_dane.sub.signed.test", "_dane.alg8.test", w.owner("mx1.insecure.test"),
                                     w.owner("mx1.expired.test"), "nonexistent.alg15.test",
                                     "nonexistent.signed.test"), start=2):
        w.rr(w.owner(f"mx{number}.signed.test"), "CNAME", target + ".")
        w.rr(f"mx{number}.signed.test", "A", w.instance.address(0, 99))
    w.rr(w.owner("mx2.insecure.test"), "CNAME", w.owner("mx1.signed.test") + ".")
    w.rr("mxc.signed.test", "CNAME", "mx1.alg15.test.")
    w.rr("mxc.insecure.test", "CNAME", "mx1.signed.test.")
    for number, target in ((1, "cn2"), (2, "cn3"), (3, "mx1")):
        w.rr(f"cn{number}.signed.test", "CNAME", f"{target}.signed.test.")
    w.rr("loop1.signed.test", "CNAME", "loop2.signed.test.")
    w.rr("loop2.signed.test", "CNAME", "loop1.signed.test.")
    w.rr("dn.signed.test", "DNAME", "alg15.test.")


def special_names(w):
    """Wildcards, empty non-terminals, a large RRset."""
    data = record(3, 1, 1, w.pki.leaf("shared.test"))
    w.rr("ent.a.b.c.signed.test", "TXT", "\"below empty names\"")
    w.rr("*.wc.signed.test", "CNAME", w.owner("mx1.signed.test") + ".")
    for zone in ("wild.test", "wildn3.test"):
        w.rr(f"*._tcp.mx.{zone}", "TLSA", data)
        w.rr(f"*.any.{zone}", "A", w.instance.address(0, 99))
    w.tlsa("mxbig.alg8.test", *(f"3 1 1 {n:064x}" for n in range(1, 61)))


def mail_on_insecure(w):
    """Security that ends half way."""
    host = "mx1.half-dane-host.test"
    good_host(w, host)
    w.domain("half-dane.insecure.test", host)

    # Insecure MX: only the MX host name counts, and this certificate has the domain's.
    host = "mx2.half-dane-host.test"
    w.domain("half-dane-name.insecure.test", host)
    w.host(host, [w.pki.leaf("half-dane-name.insecure.test")], record(2, 1, 1, w.pki.intermediate))

    w.domain("insecure-address.test", "mx1.insecure.test")
    w.domain("bogus-address.test", "mx1.expired.test")
    one, two = w.domain("one-tlsa-bogus.test", "mx1", "mx1.tampered.test")
    good_host(w, one)


def mail_on_aliases(w):
    def alias_of_tlsa(domain, target, certificate=None):
        host, = w.domain(domain, "mx1")
        w.host(host, [certificate or w.pki.leaf(host)])
        w.rr(w.owner(host), "CNAME", target + ".")

    certificate = w.pki.leaf("mx1.tlsa-alias.test")
    w.rr("_dane-good.sub.signed.test", "TLSA", record(3, 1, 1, certificate))
    alias_of_tlsa("tlsa-alias.test", "_dane-good.sub.signed.test", certificate)
    alias_of_tlsa("tlsa-alias-insecure.test", w.owner("mx1.insecure.test"))
    alias_of_tlsa("tlsa-alias-bogus.test", w.owner("mx1.expired.test"))
    alias_of_tlsa("tlsa-alias-nxdomain.test", "nonexistent.alg15.test")

    def alias_of_host(domain, target):
        host, = w.domain(domain, "mx1")
        w.rr(host, "CNAME", target + ".")
        return host

    # The target has records: it is the base domain.
    alias_of_host("mx-alias.test", "host.mx-alias-target.test")
    good_host(w, "host.mx-alias-target.test")
    # Both have; the target's win.  The alias's own are of another key.
    host = alias_of_host("mx-alias-both.test", "host.mx-alias-both-target.test")
    good_host(w, "host.mx-alias-both-target.test")
    w.tlsa(host, record(3, 1, 1, w.pki.leaf("previous.test")))
    # Only the original name has records.
    host = alias_of_host("mx-alias-original.test", "host.mx-alias-original-target.test")
    w.tlsa(host, record(3, 1, 1, good_host(w, "host.mx-alias-original-target.test", tlsa=False)))
    # The alias is signed, its target is not.
    host = alias_of_host("mx-alias-insecure.test", "host2.insecure.test")
    w.tlsa(host, record(3, 1, 1, good_host(w, "host2.insecure.test", tlsa=False)))
    # The alias itself is not signed.
    w.domain("mx-alias-unsigned.test", "mxc.insecure.test")
    # An alias by DNAME.
    w.domain("mx-dname.test", "mx1.dn.signed.test")


def lookup_faults(w):
    """A fault at a host name needs a zone there: unbound throws away denials from above the name it forwards."""
    for what in ("servfail", "refused", "silent"):
        for kind in ("MX", "A", "TLSA"):
            domain = f"{what}-{kind.lower()}.test"
            host, = w.domain(domain, "mx1")
            if kind == "A":
                w.zone(host)
            good_host(w, host)
            w.fault({"MX": domain, "A": host, "TLSA": w.owner(host)}[kind], kind, what)
    host, = w.domain("servfail-aaaa.test", "mx1")
    w.zone(host)
    good_host(w, host)
    w.fault(host, "AAAA", "servfail")
    one, two = w.domain("one-tlsa-servfail.test", "mx1", "mx2")
    good_host(w, one)
    good_host(w, two)
    w.fault(w.owner(two), "TLSA", "servfail")
