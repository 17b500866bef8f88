#!/usr/bin/python3
"""Writes the seeds of fuzz/verify.cpp and fuzz/tlsa_rdata.cpp into fuzz/corpus.

    apt-get install python3-cryptography
    ./make_verify_seeds.py
"""
import datetime
import hashlib
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = pathlib.Path(__file__).parent / "corpus"
DER = serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def issue(subject, key, issuer, signer, extensions, end=2040):
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(datetime.datetime(2020, 1, 1))
               .not_valid_after(datetime.datetime(end, 1, 1)))
    for extension in extensions:
        builder = builder.add_extension(extension, isinstance(extension, x509.BasicConstraints))
    return builder.sign(signer, hashes.SHA256()).public_bytes(DER)


keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
spki = [key.public_key().public_bytes(DER, SPKI) for key in keys]
ca = x509.BasicConstraints(True, None)
narrow = x509.BasicConstraints(True, 0)
host = x509.SubjectAlternativeName([x509.DNSName("mx.example.com"), x509.DNSName("*.example.net")])
permits = x509.NameConstraints([x509.DNSName("example.com")], None)
server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
own = [x509.SubjectKeyIdentifier.from_public_key(key.public_key()) for key in keys]
by = [x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()) for key in keys]
root = issue("Root", keys[0], "Root", keys[0], [ca, own[0]])
middle = issue("CA", keys[1], "Root", keys[0], [narrow, own[1], by[0], permits])
plain = issue("CA", keys[1], "Root", keys[0], [ca])
leaf = issue("mx.example.com", keys[2], "CA", keys[1], [host, own[2], by[1], server])
old = issue("mx.example.com", keys[2], "CA", keys[1], [], 2021)
alone = issue("mx.example.com", keys[2], "mx.example.com", keys[2], [host])


def record(usage, selector, kind, data):
    data = {0: lambda d: d, 1: lambda d: hashlib.sha256(d).digest(),
            2: lambda d: hashlib.sha512(d).digest()}[kind](data)
    return bytes([usage, selector, kind]) + data


def seed(label, flags, records, chain):
    body = bytes([flags, len(records)])
    for one in records:
        body += len(one).to_bytes(2, "big") + one
    (HERE / "verify" / label).write_bytes(body + b"".join(chain))


for folder in ("verify", "tlsa_rdata"):
    (HERE / folder).mkdir(parents=True, exist_ok=True)
seed("ee", 0, [record(3, 1, 1, spki[2])], [leaf, middle, root])
seed("ta", 0, [record(2, 1, 1, spki[0]), record(2, 0, 2, middle)], [leaf, middle, root])
seed("ta-names", 6, [record(3, 1, 1, spki[0]), record(2, 1, 1, spki[1])], [leaf, plain, root])
seed("whole", 0, [record(2, 0, 0, root)], [leaf, middle])
seed("bare", 0, [record(2, 1, 0, spki[0])], [leaf, plain])
seed("pkix", 17, [record(0, 1, 1, spki[1]), record(1, 0, 1, leaf)], [leaf, middle, root])
seed("old", 0, [record(2, 1, 1, spki[1])], [old, middle, root])
seed("alone", 17, [record(1, 1, 1, spki[2]), record(2, 1, 0, spki[2])], [alone])
seed("traps", 0, [record(3, 1, 1, spki[2]), record(3, 1, 2, spki[1]), b"\3\1\1\0"], [leaf, middle])
for label, rdata in (("digest", record(3, 1, 1, spki[2])), ("sha512", record(2, 0, 2, root)),
                     ("whole", record(2, 0, 0, root)), ("key", record(2, 1, 0, spki[0])),
                     ("short", b"\3\1\1\0")):
    (HERE / "tlsa_rdata" / label).write_bytes(rdata)
