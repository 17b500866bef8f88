#!/usr/bin/python3
"""Makes fixtures.json: certificates by python-cryptography, their digests by the openssl command,
TLSA records from text to wire by dnspython.  Nothing of dane-tools is used.

    apt-get install python3-cryptography python3-dnspython openssl
    ./make_fixtures.py > fixtures.json
"""
import datetime
import json
import subprocess

import dns.rdata
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def openssl(arguments, data):
    return subprocess.run(["openssl"] + arguments, input=data, check=True, capture_output=True).stdout


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.com")])
    return (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2020, 1, 1))
            .not_valid_after(datetime.datetime(2040, 1, 1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("mx.example.com")]), False)
            .sign(key, hashes.SHA256()))


def digests(der):
    out = {"0": der.hex()}
    for number, name in (("1", "sha256"), ("2", "sha512")):
        out[number] = openssl(["dgst", "-" + name, "-binary"], der).hex()
    return out


def describe(name, key):
    pem = certificate(key).public_bytes(PEM)
    der = openssl(["x509", "-outform", "DER"], pem)
    public = openssl(["x509", "-noout", "-pubkey"], pem)
    spki = openssl(["pkey", "-pubin", "-outform", "DER"], public)
    assert spki == key.public_key().public_bytes(DER, SPKI)
    return {"name": name, "selector": {"0": digests(der), "1": digests(spki)}}


TEXTS = [
    "3 1 1 " + "ab" * 32,
    "2 0 2 " + "0123456789ABCDEF" * 8,
    "3 1 1 " + " ".join(["c0ffee00"] * 8),
    "255 255 255 00",
    "0 0 0 3000",
    "\\# 35 030101" + "5a" * 32,
    "\\# 35 03 0101 " + "5a" * 16 + " " + "5A" * 16,
]


def presentation(text):
    record = dns.rdata.from_text("IN", "TLSA", text)
    return {"text": text, "wire": record.to_wire().hex(), "canonical": record.to_text()}


print(json.dumps({
    "certificates": [
        describe("rsa", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        describe("ecdsa", ec.generate_private_key(ec.SECP256R1())),
    ],
    "presentation": [presentation(text) for text in TEXTS],
}, indent=1))
