"""Mail domains that are in order, or only lack DANE."""

from .world import record, simple


def plant(w):
    pki = w.pki

    def leaf(name, **options):
        return pki.leaf(f"mx1.{name}.test", **options)

    for name, selector, kind in (("good-ecdsa", 1, "ec"), ("good-301", 0, "ec"), ("good-rsa", 1, "rsa"),
                                 ("good-ed25519", 1, "ed25519")):
        certificate = leaf(name, kind=kind)
        simple(w, name, [certificate], record(3, selector, 1, certificate))

    both = [leaf("good-311"), leaf("good-311", kind="rsa")]
    simple(w, "good-311", both, *(record(3, 1, 1, c) for c in both))
    certificate = leaf("good-two-digests")
    simple(w, "good-two-digests", [certificate], record(3, 1, 1, certificate), record(3, 1, 2, certificate))
    certificate = leaf("good-rollover")
    simple(w, "good-rollover", [certificate], record(3, 1, 1, certificate), record(3, 1, 1, leaf("next")))
    certificate = leaf("good-ee-and-ta")
    simple(w, "good-ee-and-ta", [certificate], record(3, 1, 1, certificate), record(2, 1, 1, pki.intermediate))
    certificate = leaf("good-self-signed", self_signed=True)
    simple(w, "good-self-signed", [certificate], record(3, 1, 1, certificate))

    for name, selector in (("good-211", 1), ("good-201", 0)):
        simple(w, name, [leaf(name)], record(2, selector, 1, pki.intermediate))
    certificate = leaf("good-root-sent")
    simple(w, "good-root-sent", [(certificate, certificate.issuers)], record(2, 1, 1, pki.root))
    certificate = leaf("good-unordered")
    simple(w, "good-unordered", [(certificate, (pki.root, pki.intermediate))], record(2, 1, 1, pki.root))
    simple(w, "good-200-not-sent", [(leaf("good-200-not-sent"), ())], record(2, 0, 0, pki.intermediate))
    simple(w, "good-210-not-sent", [(leaf("good-210-not-sent"), ())], record(2, 1, 0, pki.intermediate))
    cross_signed(w)

    for name, version in (("good-tls12", "1.2"), ("good-tls13", "1.3")):
        certificate = leaf(name)
        simple(w, name, [certificate], record(3, 1, 1, certificate), tls=version)

    # Without DANE, and without mail
    simple(w, "no-tlsa", [leaf("no-tlsa")])
    w.domain("null-mx.test")
    w.rr("null-mx.test", "MX", "0 .")
    certificate = leaf("null-mx-mixed")
    simple(w, "null-mx-mixed", [certificate], record(3, 1, 1, certificate))
    w.rr("null-mx-mixed.test", "MX", "0 .")
    certificate = pki.leaf("implicit-mx.test")
    w.domain("implicit-mx.test")
    w.host("implicit-mx.test", [certificate], record(3, 1, 1, certificate))
    certificate = pki.leaf("mx1.xn--bcher-kva.test")
    w.domain("xn--bcher-kva.test", "mx1", shown="b\u00fccher.test")
    w.host("mx1.xn--bcher-kva.test", [certificate], record(3, 1, 1, certificate))
    w.domain("does-not-exist.test")
    webde(w)


def cross_signed(w):
    """One intermediate key with two certificates; the server sends the one from the other root."""
    pki = w.pki
    cross = pki.authority("dane-tools lab intermediate", pki.other_root, key=pki.intermediate.key)
    certificate = pki.leaf("mx1.good-cross-signed.test")
    simple(w, "good-cross-signed", [(certificate, (cross,))], record(2, 1, 1, pki.intermediate))


def webde(w):
    """An alias to a shared record that pins the public root with usage 0; both key types."""
    host = "mx1.webde-case.test"
    w.domain("webde-case.test", "mx1")
    w.host(host, [w.pki.leaf(host), w.pki.leaf(host, kind="rsa")])
    w.rr(w.owner(host), "CNAME", "letsencrypt._dane.webde-case.test.")
    w.rr("letsencrypt._dane.webde-case.test", "TLSA", record(0, 1, 1, w.pki.root))
