"""A throw-away certification authority for the generators, on python-cryptography.  No private key is written to vectors."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime(2026, 11, 21, 22, 0, 0)
TIME = "2026-11-21T22:00:00Z"
DAY = datetime.timedelta(days=1)


def new_key(kind="ecdsa", bits=2048):
    return rsa.generate_private_key(65537, bits) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


class Issued:
    def __init__(self, cert, key, name):
        self.cert, self.key, self.name = cert, key, name
        self.der = cert.public_bytes(serialization.Encoding.DER)
        self.pem = cert.public_bytes(serialization.Encoding.PEM).decode()
        self.spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def issue(name, issuer=None, key=None, dns=(), ca=False, pathlen=None, start=-10, end=80, signer=None, signed_with=None):
    """issuer None: self-signed.  signer: another key to sign with (a broken or cross signature)."""
    key = key or new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.cert.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(NOW + start * DAY).not_valid_after(NOW + end * DAY)
               .add_extension(x509.BasicConstraints(ca, pathlen), True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if issuer:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
    if dns:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(d) for d in dns]), False)
    signing = signer or (issuer.key if issuer else key)
    return Issued(builder.sign(signing, signed_with or hashes.SHA256()), key, name)


def digest(content, mtype):
    if mtype == 0:
        return content
    h = hashes.Hash(hashes.SHA256() if mtype == 1 else hashes.SHA512())
    h.update(content)
    return h.finalize()


def tlsa(usage, selector, mtype, issued):
    return f"{usage} {selector} {mtype} {digest(issued.der if selector == 0 else issued.spki, mtype).hex()}"


def wrong(usage, selector, mtype):
    return f"{usage} {selector} {mtype} " + ("5a" * 32 if mtype == 1 else "a5" * 64)
