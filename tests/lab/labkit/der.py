"""Just enough DER to plant what no certificate library agrees to write."""

import base64
import textwrap

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def pem(label, octets):
    body = "\n".join(textwrap.wrap(base64.b64encode(octets).decode(), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def wrap(tag, body):
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def split(octets):
    """The elements of a DER sequence's contents, each with its header."""
    parts = []
    while octets:
        length, header = octets[1], 2
        if length & 0x80:
            header += length & 0x7F
            length = int.from_bytes(octets[2:header], "big")
        parts.append(octets[:header + length])
        octets = octets[header + length:]
    return parts


def contents(element):
    header = 2 + (element[1] & 0x7F if element[1] & 0x80 else 0)
    return element[header:]


def general_names(*names):
    """SubjectAltName value with dNSNames of any octets."""
    return wrap(0x30, b"".join(wrap(0x82, n) for n in names))


def resign(certificate_der, issuer_key, changes):
    """Replaces octets in the part that is signed (same length) and signs it again (EC issuers only)."""
    tbs, algorithm, _ = split(contents(certificate_der))
    for old, new in changes.items():
        if len(old) != len(new) or old not in tbs:
            raise ValueError(f"cannot plant {new!r}")
        tbs = tbs.replace(old, new)
    signature = issuer_key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    return wrap(0x30, tbs + algorithm + wrap(0x03, b"\0" + signature))
