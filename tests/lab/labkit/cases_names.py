"""Certificates: names, dates, chains, contents that are hostile."""

from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from . import der
from .pki import Certificate
from .world import record, simple


def plant(w):
    names(w)
    dates(w)
    chains(w)
    strength(w)
    hostile(w)


def names(w):
    pki = w.pki
    ta = record(2, 1, 1, pki.intermediate)
    certificate = pki.leaf("other.test")
    simple(w, "name-mismatch-ee", [certificate], record(3, 1, 1, certificate))
    for name, leaf in {
            "name-mismatch": pki.leaf("other.test"),
            "name-wildcard": pki.leaf("*.name-wildcard.test"),
            "name-wildcard-partial": pki.leaf("mx*.name-wildcard-partial.test"),
            "name-case": pki.leaf("MX1.Name-Case.TEST"),
            "name-cn-only": pki.leaf(common_name="mx1.name-cn-only.test"),
            "name-cn-ignored": pki.leaf("other.test", common_name="mx1.name-cn-ignored.test"),
            "name-of-domain": pki.leaf("name-of-domain.test"),
            "name-none": pki.leaf()}.items():
        simple(w, name, [leaf], ta)

    # Two labels below the wildcard: a wildcard stands for one.
    w.domain("name-wildcard-deep.test", "a.mx1.name-wildcard-deep.test")
    w.host("a.mx1.name-wildcard-deep.test", [pki.leaf("*.name-wildcard-deep.test")], ta)

    # A domain that is an alias: the certificate names only the domain it points to.
    for alias in ("post.deep-alias.test", "alias-domain.test"):
        w.domain(alias)
        w.rr(alias, "CNAME", "alias-target.test.")
    w.rr("alias-target.test", "MX", "10 mx1.alias-target.test.")
    w.host("mx1.alias-target.test", [pki.leaf("alias-target.test")], ta)


def dates(w):
    pki = w.pki
    for name, usage, start, end in (("expired-ee", 3, -90, -3), ("not-yet-ee", 3, 3, 90), ("expiring-ee", 3, -80, 5),
                                    ("expired-ta", 2, -90, -3), ("not-yet-ta", 2, 3, 90),
                                    ("expiring-ta", 2, -80, 5)):
        leaf = pki.leaf(f"mx1.{name}.test", start=start, end=end)
        simple(w, name, [leaf], record(usage, 1, 1, leaf if usage == 3 else pki.intermediate))
    old = pki.authority("dane-tools lab expired intermediate", pki.root, start=-900, end=-5)
    leaf = pki.leaf("mx1.expired-intermediate.test", issuer=old)
    simple(w, "expired-intermediate", [(leaf, (old, pki.root))], record(2, 1, 1, pki.root))


def chains(w):
    pki = w.pki
    simple(w, "root-not-sent", [pki.leaf("mx1.root-not-sent.test")], record(2, 1, 1, pki.root))
    simple(w, "ta-not-sent", [(pki.leaf("mx1.ta-not-sent.test"), ())], record(2, 1, 1, pki.intermediate))

    impostor = pki.authority("dane-tools lab intermediate", pki.other_root)
    leaf = pki.leaf("mx1.chain-signature.test", issuer=impostor, key_ids=False)
    simple(w, "chain-signature", [(leaf, (pki.intermediate,))], record(2, 1, 1, pki.intermediate))

    short = pki.authority("dane-tools lab short root", path_length=0)
    below = pki.authority("dane-tools lab too deep", short)
    leaf = pki.leaf("mx1.chain-path-length.test", issuer=below)
    simple(w, "chain-path-length", [(leaf, (below, short))], record(2, 0, 1, short))

    bound = pki.authority("dane-tools lab constrained", permitted="elsewhere.test")
    leaf = pki.leaf("mx1.chain-constraint.test", issuer=bound)
    simple(w, "chain-constraint", [(leaf, (bound,))], record(2, 0, 1, bound))

    leaf = pki.leaf("mx1.chain-purpose.test", purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
    simple(w, "chain-purpose", [leaf], record(2, 1, 1, pki.intermediate))


def strength(w):
    """What Postfix takes and what not where it authenticates: OpenSSL's security level 1."""
    pki = w.pki
    small = pki.authority("dane-tools lab small key", key=pki.short_key(768))
    for name, usage, issuer, options in (
            ("strength-1024", 3, pki.intermediate, {"key": pki.short_key(1024)}),
            ("strength-768", 3, pki.intermediate, {"key": pki.short_key(768)}),
            ("strength-768-ca", 2, small, {}),
            ("strength-sha1", 2, pki.intermediate, {"signature": hashes.SHA1()}),
            ("strength-sha1-ee", 3, pki.intermediate, {"signature": hashes.SHA1()})):
        leaf = pki.leaf(f"mx1.{name}.test", issuer=issuer, **options)
        simple(w, name, [(leaf, (issuer,))], record(usage, 1, 1, leaf if usage == 3 else issuer),
               ciphers="ALL:@SECLEVEL=0")


def hostile(w):
    """Escape sequences and octets that are no UTF-8 in the subject; a NUL in a DNS name.

    The subject is a T61String: OpenSSL would not even load a UTF8String with such octets.
    """
    pki = w.pki
    for name, usage in (("hostile-ee", 3), ("hostile-ta", 2)):
        san = der.general_names(f"mx1.{name}.test\0.evil.test".encode(), b"\x1b[2J\xff\xfe.test")
        subject = b"\x1b[31m\xff\xfe\x00<b>\"\\\r\n\x07red"
        placed = b"x" * len(subject)
        leaf = pki.leaf(san=san, common_name=placed.decode())
        planted = der.resign(leaf.der, pki.intermediate.key, {der.wrap(0x0C, placed): der.wrap(0x14, subject)})
        leaf = Certificate(leaf.key, planted, leaf.issuers)
        simple(w, name, [leaf], record(usage, 1, 1, leaf if usage == 3 else pki.intermediate))
