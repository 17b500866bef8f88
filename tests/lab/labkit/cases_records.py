"""TLSA RRsets: wrong, unusable, confused, too many."""

from cryptography.hazmat.primitives import serialization

from .pki import digest
from .world import record, simple

# Key of Let's Encrypt R3, which many domains pin although it issues no more.
RETIRED_CA = "8d02536c887482bc34ff54e41d2ba659bf85b341a0a20afadb5813dcfbcf286d"
EMPTY_SHA256 = digest("sha256", b"")


def key_bits(certificate):
    """The content of subjectPublicKey, without the algorithm: what hashing "the key" naively gives."""
    return certificate.key.public_key().public_bytes(serialization.Encoding.X962,
                                                     serialization.PublicFormat.UncompressedPoint)


def mistakes(w):
    """domain -> function from the certificate to its records.  All are refuted."""
    pki = w.pki
    previous = pki.leaf("previous.test")
    noise = digest("sha256", b"nothing that exists")
    return {
        "wrong-digest": lambda c: [f"3 1 1 {noise}"],
        "stale-key": lambda c: [record(3, 1, 1, previous)],
        "stale-certificate": lambda c: [record(3, 0, 1, pki.leaf("mx1.stale-certificate.test", key=c.key))],
        "selector-cert-as-key": lambda c: ["3 1 1 " + digest("sha256", c.der)],
        "selector-key-as-cert": lambda c: ["3 0 1 " + digest("sha256", c.spki)],
        "truncated-sha512": lambda c: ["3 1 1 " + digest("sha512", c.spki)[:64]],
        "usage-leaf-as-ta": lambda c: [record(2, 1, 1, c)],
        "usage-ca-as-ee": lambda c: [record(3, 1, 1, pki.intermediate)],
        "retired-ca": lambda c: [f"2 1 1 {RETIRED_CA}"],
        "empty-digest": lambda c: [f"3 1 1 {EMPTY_SHA256}"],
        "pem-digest": lambda c: ["3 0 1 " + digest("sha256", c.pem.encode())],
        "key-bits-digest": lambda c: ["3 1 1 " + digest("sha256", key_bits(c))],
        "agility-trap": lambda c: [record(3, 0, 1, c), record(3, 0, 2, previous)],
        "agility-with-full": lambda c: [record(3, 1, 0, previous), record(3, 1, 2, previous),
                                        record(3, 1, 1, c)],
    }


def shapes(w):
    """Records that need a word, beside or in place of a good one."""
    pki = w.pki
    following = pki.leaf("following.test")
    return {
        "pkix-mixed": lambda c: [record(0, 1, 1, pki.root), record(3, 1, 1, c)],
        "pkix-only": lambda c: [record(0, 1, 1, pki.intermediate)],
        "pkix-ee-only": lambda c: [record(1, 1, 1, c)],
        "malformed-beside": lambda c: [record(3, 1, 1, c), record(3, 1, 1, following)[:-2]],
        "malformed-only": lambda c: [record(3, 1, 1, c)[:-2]],
        "malformed-long": lambda c: [record(3, 1, 1, c) + "00"],
        "malformed-der": lambda c: ["3 0 0 3003020101ff"],
        "sha512-as-sha256": lambda c: ["3 1 1 " + digest("sha512", c.spki)],
        "unknown-beside": lambda c: [record(3, 1, 1, c), "9 1 1 " + digest("sha256", c.spki)],
        "unknown-selector": lambda c: ["3 7 1 " + digest("sha256", c.spki)],
        "unknown-type": lambda c: ["3 1 9 " + digest("sha256", c.spki)],
        "sha512-only": lambda c: [record(3, 1, 2, c)],
        "full-key": lambda c: [record(3, 1, 0, c)],
        "full-certificate": lambda c: [record(3, 0, 0, c)],
        "digests-differ": lambda c: [record(3, 1, 1, c), record(3, 1, 1, following), record(3, 1, 2, c)],
        "too-many": lambda c: [record(3, 1, 1, c)] + [f"3 1 1 {n:064x}" for n in range(13)],
        "sixty": lambda c: [record(3, 1, 1, c)] + [f"3 1 1 {n:064x}" for n in range(59)],
    }


def plant(w):
    for name, records in (mistakes(w) | shapes(w)).items():
        certificate = w.pki.leaf(f"mx1.{name}.test")
        simple(w, name, [certificate], *records(certificate))

    certificate = w.pki.leaf("mx1.wildcard-tlsa.test")
    simple(w, "wildcard-tlsa", [certificate])
    w.rr("*._tcp.mx1.wildcard-tlsa.test", "TLSA", record(3, 1, 1, certificate))

    certificate = w.pki.leaf("mx1.tlsa-at-domain.test")
    simple(w, "tlsa-at-domain", [certificate])
    w.tlsa("tlsa-at-domain.test", record(3, 1, 1, certificate))
