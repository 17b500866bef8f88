#!/usr/bin/python3
"""Writes certificates.json and keys.json: inputs and what python-cryptography and hashlib say of them.

Run it with Debian's python3-cryptography when a case is added; keys, and with them all octets, are
made anew each time.  Certificates that no encoder makes are patched: their signatures are void,
which does not matter for decoding.
"""
import base64
import datetime
import hashlib
import ipaddress
import json
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as s
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, ed448, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID, ObjectIdentifier

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ed448": ed448.Ed448PrivateKey.generate(),
    "dsa": dsa.generate_private_key(2048),
}


def b64(octets):
    return base64.b64encode(octets).decode()


def sha256(octets):
    return hashlib.sha256(octets).hexdigest()


def spki(key):
    return key.public_key().public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)


def name(*parts):
    return x509.Name([x509.RelativeDistinguishedName(p if isinstance(p, list) else [p]) for p in parts])


def part(oid, value, kind=_ASN1Type.UTF8String):
    return x509.NameAttribute(oid, value, kind, _validate=False)


def cn(value, kind=_ASN1Type.UTF8String):
    return part(NameOID.COMMON_NAME, value, kind)


def make(key, subject, begin, end, issuer=None, names=None, ca=None, serial=0x1234567890ABCDEF):
    signer = KEYS["p256"] if issuer else KEYS[key]
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
               .public_key(KEYS[key].public_key()).serial_number(serial)
               .not_valid_before(begin).not_valid_after(end))
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, None), True)
    digest = None if "Ed" in type(signer).__name__ else hashes.SHA256()
    return builder.sign(signer, digest).public_bytes(s.Encoding.DER)


CASES = []


def case(ident, description, der, **expected):
    expected["cert_sha256"] = sha256(der)
    CASES.append({"id": ident, "description": description, "der": b64(der), "expected": expected})


B, E = datetime.datetime(2026, 1, 2, 3, 4, 5), datetime.datetime(2027, 6, 7, 8, 9, 10)
BEGIN, END = "2026-01-02T03:04:05Z", "2027-06-07T08:09:10Z"
dns = x509.DNSName

for key, kind, bits in [("rsa", "RSA", 2048), ("p256", "ECDSA", 256), ("p384", "ECDSA", 384),
                        ("ed25519", "Ed25519", 256), ("ed448", "Ed448", 456), ("dsa", "other", 2048)]:
    case(f"key-{key}", f"a self-signed leaf with a key of type {key}",
         make(key, name(part(NameOID.ORGANIZATION_NAME, "Example"), cn("mx1.example.com")), B, E,
              names=[dns("mx1.example.com"), dns("*.Example.com")]),
         key_type=kind, key_bits=bits, spki_sha256=sha256(spki(KEYS[key])), not_before=BEGIN,
         not_after=END, subject="CN=mx1.example.com,O=Example", issuer="CN=mx1.example.com,O=Example",
         serial="1234567890abcdef", dns_names=["mx1.example.com", "*.Example.com"],
         common_names=["mx1.example.com"], is_ca=False, is_self_issued=True)

case("other-sans", "only dNSName entries are dNSNames",
     make("p256", name(cn("x")), B, E, names=[x509.RFC822Name("a@example.com"), dns("b.example.com"),
          x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]), dns_names=["b.example.com"])
case("ca", "basicConstraints CA:TRUE, issued by another", make("p256", name(cn("CA")), B, E,
     issuer=name(cn("Root")), ca=True), is_ca=True, is_self_issued=False, issuer="CN=Root", dns_names=[])
case("not-ca", "basicConstraints CA:FALSE", make("p256", name(cn("CA")), B, E, ca=False), is_ca=False)
case("self-issued-no-constraints", "self-issued v3 without basicConstraints is no CA",
     make("p256", name(cn("CA")), B, E), is_ca=False, is_self_issued=True)
case("empty-subject", "a subject without any RDN", make("p256", x509.Name([]), B, E, issuer=name(cn("Root"))),
     subject="", common_names=[], issuer="CN=Root")

case("year-2049", "the last year of UTCTime", make("p256", name(cn("x")), datetime.datetime(1950, 1, 1),
     datetime.datetime(2049, 12, 31, 23, 59, 59)), not_before="1950-01-01T00:00:00Z", not_after="2049-12-31T23:59:59Z")
case("year-9999", "GeneralizedTime; RFC 5280 section 4.1.2.5: no well-defined expiration",
     make("p256", name(cn("x")), datetime.datetime(2050, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59)),
     not_before="2050-01-01T00:00:00Z", not_after="9999-12-31T23:59:59Z")
good = make("p256", name(cn("x")), B, E)
case("bad-not-after", "month 13 in notAfter: valid at no time",
     good.replace(b"270607080910Z", b"271307080910Z"), not_before=BEGIN, not_after="0000-01-01T00:00:00Z")
case("bad-not-before", "letters in notBefore: valid at no time",
     good.replace(b"260102030405Z", b"26010203zz05Z"), not_before="9999-12-31T00:00:00Z", not_after=END)
case("offset-date", "an offset instead of Z is not RFC 5280: valid at no time",
     good.replace(b"270607080910Z", b"2706070809+01"), not_before=BEGIN, not_after="0000-01-01T00:00:00Z")

case("no-seconds", "GeneralizedTime without seconds is not RFC 5280: valid at no time",
     good.replace(b"\x17\x0d270607080910Z", b"\x18\x0d202706070809Z"), not_before=BEGIN,
     not_after="0000-01-01T00:00:00Z")

case("rfc2253", "specials, several attributes in one RDN, an unknown attribute type",
     make("p256", name(part(NameOID.COUNTRY_NAME, "DE", _ASN1Type.PrintableString),
                       part(NameOID.ORGANIZATION_NAME, " Müller, \"Söhne\" + <Co>; "),
                       [part(NameOID.ORGANIZATIONAL_UNIT_NAME, "#1"), part(NameOID.LOCALITY_NAME, "x")],
                       part(ObjectIdentifier("1.2.3.4.5"), "odd\\one")), B, E),
     subject=r'1.2.3.4.5=odd\\one,OU=\#1+L=x,O=\ Müller\, \"Söhne\" \+ \<Co\>\;\ ,C=DE', common_names=[])
case("hostile-subject", "NUL, terminal escape and right-to-left override in names",
     make("p256", name(cn("mx\x00.evil\x1b[31m\u202e")), B, E),
     subject=r"CN=mx\x00.evil\x1b[31m\xe2\x80\xae", common_names=["mx\x00.evil\x1b[31m\u202e"])
case("bmp-string", "BMPString becomes UTF-8", make("p256", name(cn("Grü日", _ASN1Type.BMPString)), B, E),
     subject="CN=Grü日", common_names=["Grü日"])
case("t61-string", "T61String is read as Latin-1, as everybody does",
     make("p256", name(cn("@@@@", _ASN1Type.T61String)), B, E).replace(b"@@@@", b"Gr\xfc!"),
     subject="CN=Grü!", common_names=["Grü!"])
CASES.append({"id": "bad-utf8", "description": "a UTF8String that is none: OpenSSL takes no such name",
              "der": b64(make("p256", name(cn("a@@@@")), B, E).replace(b"@@@@", b"\xff\xc3(b")),
              "error": "certificate-invalid"})
case("bit-string", "a common name that is no character string",
     make("p256", name(cn("@@@@")), B, E).replace(b"\x0c\x04@@@@", b"\x03\x04\0\xff(a"),
     subject="CN=#ff2861", common_names_hex=["ff2861"])
case("nul-in-dns-name", "NUL inside a dNSName stays",
     make("p256", name(cn("x")), B, E, names=[dns("mx1.example.com@.evil.example")]).replace(b"com@", b"com\0"),
     dns_names=["mx1.example.com\0.evil.example"])
case("odd-dns-names", "an empty dNSName, one that is not ASCII, one that is not UTF-8",
     make("p256", name(cn("x")), B, E, names=[dns(""), dns("m@@nchen.de"), dns("q@.de")])
     .replace(b"m@@", b"m\xc3\xbc").replace(b"q@", b"q\xff"),
     dns_names_hex=["", "münchen.de".encode().hex(), b"q\xff.de".hex()])
case("broken-san", "a subjectAltName that does not decode has no names",
     make("p256", name(cn("x")), B, E, names=[dns("mx1.example.com")])
     .replace(b"\x82\x0fmx1", b"\x82\x1fmx1"), dns_names=[], common_names=["x"])
OID_25519 = bytes.fromhex("06032b6570")
unknown = make("ed25519", name(cn("x")), B, E)
unknown_der = unknown.replace(OID_25519, bytes.fromhex("06032b6563"))
case("unknown-key", "the key's algorithm is unknown: the certificate decodes all the same", unknown_der,
     key_type="other", key_bits=0, subject="CN=x",
     spki_sha256=sha256(spki(KEYS["ed25519"]).replace(OID_25519, bytes.fromhex("06032b6563"))))
case("long-serial", "20 octets", make("p256", name(cn("x")), B, E, serial=(1 << 158) + 1),
     serial="40" + "00" * 18 + "01")
case("negative-serial", "a negative serial number",
     make("p256", name(cn("x")), B, E, serial=0x7F11223344556677).replace(
         bytes.fromhex("7F11223344556677"), bytes.fromhex("FF11223344556677")),
     serial="-eeddccbbaa9989")
LEAF = base64.b64decode(next(c["der"] for c in CASES if c["id"] == "key-p256"))

KEYCASES = []
NONE, PASS = s.NoEncryption(), s.BestAvailableEncryption(b"secret")


def key_case(ident, octets, expected):
    KEYCASES.append({"id": ident, "input": b64(octets), **expected})


for key in ("rsa", "p256", "p384", "ed25519", "ed448"):
    k, want = KEYS[key], {"spki": b64(spki(KEYS[key]))}
    for enc in (s.Encoding.PEM, s.Encoding.DER):
        e = enc.name.lower()
        key_case(f"{key}-pkcs8-{e}", k.private_bytes(enc, s.PrivateFormat.PKCS8, NONE), want)
        key_case(f"{key}-spki-{e}", k.public_key().public_bytes(enc, s.PublicFormat.SubjectPublicKeyInfo), want)
        key_case(f"{key}-pkcs8-encrypted-{e}", k.private_bytes(enc, s.PrivateFormat.PKCS8, PASS), {"error": "key-encrypted"})
        if key[0] in "rp":
            key_case(f"{key}-traditional-{e}", k.private_bytes(enc, s.PrivateFormat.TraditionalOpenSSL, NONE), want)
    if key[0] in "rp":
        key_case(f"{key}-traditional-encrypted-pem",
                 k.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, PASS), {"error": "key-encrypted"})
for enc in (s.Encoding.PEM, s.Encoding.DER):
    key_case(f"rsa-pkcs1-public-{enc.name.lower()}", KEYS["rsa"].public_key().public_bytes(enc, s.PublicFormat.PKCS1),
             {"spki": b64(spki(KEYS["rsa"]))})
p256 = KEYS["p256"].private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, NONE)
leaf_pem = x509.load_der_x509_certificate(LEAF).public_bytes(s.Encoding.PEM)
want = {"spki": b64(spki(KEYS["p256"]))}
key_case("key-behind-parameters", b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" +
         KEYS["p256"].private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, NONE), want)
key_case("key-behind-certificate", b"junk\n" + leaf_pem + p256, want)
key_case("windows-line-endings", p256.replace(b"\n", b"\r\n"), want)
key_case("certificate-pem", leaf_pem, {"error": "no-key"})
key_case("certificate-der", LEAF, {"error": "no-key"})
key_case("text", b"no key here\n", {"error": "no-key"})
key_case("empty", b"", {"error": "input-empty"})
key_case("truncated-pem", p256[:-40], {"error": "key-invalid"})
key_case("bad-base64", p256.replace(b"\nM", b"\n*", 1), {"error": "key-invalid"})
p256_der = KEYS["p256"].private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, NONE)
key_case("truncated-der", p256_der[:-1], {"error": "key-invalid"})
key_case("trailing-der", p256_der + b"\0", {"error": "key-invalid"})
key_case("trailing-spki", spki(KEYS["rsa"]) + b"\0", {"error": "key-invalid"})

for file, cases in (("certificates.json", CASES), ("keys.json", KEYCASES)):
    with open(os.path.join(HERE, file), "w", encoding="utf-8") as out:
        json.dump(cases, out, indent=1, ensure_ascii=True)
        out.write("\n")
    print(file, len(cases))
