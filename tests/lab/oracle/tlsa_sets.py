"""TLSA record sets and fingerprint lists, made of the chain that the server shows."""

import hashlib

from labkit import pki

WRONG = "00" * 32


def upper(usage, selector, matching_type, certificate):
    return pki.tlsa(usage, selector, matching_type, certificate).upper()


def above(leaf, sent):
    """The certificate that a TA record would name: the last one sent, else the root or the leaf itself."""
    return sent[-1] if sent else leaf.issuers[-1] if leaf.issuers else leaf


# (leaf, sent) -> records in presentation form.  Each set has a record that Postfix's own first look takes:
# without one posttls-finger goes on otherwise than smtp(8) does.
TLSA_SETS = {
    "3 1 1": lambda c, s: [upper(3, 1, 1, c)],
    "3 0 1": lambda c, s: [upper(3, 0, 1, c)],
    "3 1 0": lambda c, s: [upper(3, 1, 0, c)],
    "3 0 0": lambda c, s: [upper(3, 0, 0, c)],
    "3 1 2": lambda c, s: [upper(3, 1, 2, c)],
    "3 1 1 wrong": lambda c, s: [f"3 1 1 {WRONG}"],
    "2 1 1": lambda c, s: [upper(2, 1, 1, above(c, s))],
    "2 0 1": lambda c, s: [upper(2, 0, 1, above(c, s))],
    "2 0 0": lambda c, s: [upper(2, 0, 0, above(c, s))],
    "2 1 0": lambda c, s: [upper(2, 1, 0, above(c, s))],
    "2 1 1 of root": lambda c, s: [upper(2, 1, 1, c.issuers[-1] if c.issuers else c)],
    "2 0 0 of root": lambda c, s: [upper(2, 0, 0, c.issuers[-1] if c.issuers else c)],
    "2 1 0 of root": lambda c, s: [upper(2, 1, 0, c.issuers[-1] if c.issuers else c)],
    "wrong and right": lambda c, s: [f"3 1 1 {WRONG}", upper(3, 1, 1, c)],
    "ta wrong, ee right": lambda c, s: [f"2 1 1 {WRONG}", upper(3, 1, 1, c)],
    "ee wrong, ta right": lambda c, s: [f"3 1 1 {WRONG}", upper(2, 1, 1, above(c, s))],
    "stronger digest wrong": lambda c, s: [f"3 1 2 {WRONG * 2}", upper(3, 1, 1, c)],
    "pkix beside": lambda c, s: [upper(0, 1, 1, above(c, s)), upper(1, 1, 1, c), upper(3, 1, 1, c)],
    "short": lambda c, s: ["3 1 1 0011223344"],
    "unknown matching type": lambda c, s: [f"3 1 9 {WRONG}"],
    "short beside right": lambda c, s: ["3 1 1 0011223344", upper(3, 1, 1, c)],
    "private type beside right": lambda c, s: [f"3 1 255 {WRONG}", upper(3, 1, 1, c)],
    "broken certificate": lambda c, s: ["2 0 0 3003020101"],
}


def digest(algorithm, octets):
    return hashlib.new(algorithm, octets).hexdigest()


def colons(text):
    return ":".join(text[i:i + 2] for i in range(0, len(text), 2)).upper()


# (leaf, sent) -> arguments.  MD5 is what a configuration without compatibility_level has in this version.
FINGERPRINTS = {
    "certificate": lambda c, s: [colons(digest("md5", c.der))],
    "public key": lambda c, s: [colons(digest("md5", c.spki))],
    "lower case": lambda c, s: [colons(digest("md5", c.der)).lower()],
    "without colons": lambda c, s: [digest("md5", c.der)],
    "of issuer": lambda c, s: [colons(digest("md5", above(c, s).der))],
    "wrong": lambda c, s: [colons("00" * 16)],
    "wrong and right": lambda c, s: [colons("00" * 16), colons(digest("md5", c.spki))],
    "other digest": lambda c, s: [colons(digest("sha256", c.der))],
    "other digest and right": lambda c, s: [colons(digest("sha256", c.der)), colons(digest("md5", c.der))],
    "malformed and right": lambda c, s: ["zz", colons(digest("md5", c.der))],
}
