"""What the lab published and serves, read back from its files for independent comparisons."""

import hashlib
import re
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import serialization

KEY_TYPES = {"RSA": "RSAPublicKey", "ECDSA": "EllipticCurvePublicKey"}


def certificates(path):
    """The chain as served, leaf first: DER of each certificate."""
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", open(path).read(), re.S)
    return [x509.load_pem_x509_certificate(block.encode()) for block in blocks]


def record(lab, domain, words):
    """"3 1 1 leaf ECDSA" or "2 1 1 issuer" for the server of mx1 of the domain, as RDATA."""
    usage, selector, matching_type, what, *kind = words.split()
    server = server_at(lab, address_of(lab, f"mx1.{domain}"))
    chains = [certificates(path) for path in server["chains"]]
    if kind:
        chains = [c for c in chains if type(c[0].public_key()).__name__.lstrip("_") == KEY_TYPES[kind[0]]]
    certificate = chains[0][0 if what == "leaf" else 1]
    octets = certificate.public_bytes(serialization.Encoding.DER)
    if selector == "1":
        octets = certificate.public_key().public_bytes(serialization.Encoding.DER,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(octets) if matching_type == "1" else hashlib.sha512(octets)
    return f"{usage} {selector} {matching_type} {digest.hexdigest()}"


def server_at(lab, address, port=None):
    port = port or int(lab["variables"]["LAB_SMTP_PORT"])
    return next(h for h in lab["hosts"] if h["address"] == address and h["port"] == port)


def ask(lab, name, kind):
    """Answers of the lab's resolver, by dig: [(owner, type, rdata), ...]."""
    address, port = lab["variables"]["LAB_RESOLVER"].split("@")
    done = subprocess.run(["dig", f"@{address}", "-p", port, "+noall", "+answer", "+time=5", "+tries=1", name, kind],
                          capture_output=True, text=True, check=True)
    return [(f[0].rstrip("."), f[3], f[4]) for line in done.stdout.splitlines()
            if (f := line.split(None, 4)) and not line.startswith(";")]


def address_of(lab, host):
    return next(data for _, kind, data in ask(lab, host, "A") if kind == "A")
