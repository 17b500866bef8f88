"""Certificates of the lab.  Made anew at each start; RSA keys are slow and therefore shared."""

import dataclasses
import datetime
import hashlib
import pathlib
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import der

# A signature with SHA-1 is one of the faults.
warnings.filterwarnings("ignore", message="SHA1 signatures", module="cryptography")

NOW = datetime.datetime.utcnow().replace(microsecond=0)
DAY = datetime.timedelta(days=1)


@dataclasses.dataclass
class Certificate:
    """A certificate with its private key and the chain of issuers above it."""

    key: object
    der: bytes
    issuers: tuple = ()

    @property
    def x509(self):
        return x509.load_der_x509_certificate(self.der)

    @property
    def spki(self):
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def pem(self):
        return der.pem("CERTIFICATE", self.der)

    @property
    def key_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption()).decode()

    def chain_pem(self, sent):
        return "".join(c.pem for c in (self, *sent))


def digest(algorithm, octets):
    return hashlib.new(algorithm, octets).hexdigest()


def tlsa(usage, selector, matching_type, certificate):
    """The RDATA that RFC 6698 defines for the certificate, in presentation form."""
    octets = certificate.der if selector == 0 else certificate.spki
    data = {0: octets.hex, 1: lambda: digest("sha256", octets), 2: lambda: digest("sha512", octets)}
    return f"{usage} {selector} {matching_type} {data[matching_type]()}"


def name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])


class Pki:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._rsa = {}
        self.root = self.authority("dane-tools lab root")
        self.intermediate = self.authority("dane-tools lab intermediate", self.root)
        self.other_root = self.authority("dane-tools lab private root")
        self.ca_file = self.directory / "ca.pem"
        self.ca_file.write_text(self.root.pem)

    def new_key(self, kind, slot=0):
        if kind == "ec":
            return ec.generate_private_key(ec.SECP256R1())
        if kind == "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        if kind != "rsa":
            raise ValueError(kind)
        if slot not in self._rsa:
            self._rsa[slot] = self.short_key(2048)
        return self._rsa[slot]

    @staticmethod
    def short_key(bits):
        return rsa.generate_private_key(65537, bits)

    def authority(self, common_name, issuer=None, key=None, start=-400, end=3000, path_length=None,
                  permitted=None):
        extensions = [(x509.BasicConstraints(True, path_length), True),
                      (x509.KeyUsage(True, False, False, False, False, True, True, False, False), True)]
        if permitted:
            extensions.append((x509.NameConstraints([x509.DNSName(permitted)], None), True))
        return self._issue(common_name, issuer, key or self.new_key("ec"), start, end, extensions)

    def leaf(self, *dns_names, issuer=None, kind="ec", key=None, slot=0, common_name=None, start=-10,
             end=80, self_signed=False, purpose=ExtendedKeyUsageOID.SERVER_AUTH, san=None, key_ids=True,
             signature=None):
        """`san`: a DER extension value in place of `dns_names`.  Times are days from now."""
        extensions = [(x509.ExtendedKeyUsage([purpose]), False)]
        if san is not None:
            oid = x509.oid.ExtensionOID.SUBJECT_ALTERNATIVE_NAME
            extensions.append((x509.UnrecognizedExtension(oid, san), False))
        elif dns_names:
            extensions.append((x509.SubjectAlternativeName([x509.DNSName(n) for n in dns_names]), False))
        if common_name is None:
            common_name = dns_names[0] if dns_names else ""
        issuer = None if self_signed else issuer or self.intermediate
        return self._issue(common_name, issuer, key or self.new_key(kind, slot), start, end, extensions,
                           key_ids, signature)

    def _issue(self, common_name, issuer, key, start, end, extensions, key_ids=True, signature=None):
        subject = name(common_name)
        builder = (x509.CertificateBuilder().subject_name(subject)
                   .issuer_name(issuer.x509.subject if issuer else subject)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(NOW + start * DAY).not_valid_after(NOW + end * DAY))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        signer = issuer.key if issuer else key
        if key_ids:
            builder = builder.add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
        signed = builder.sign(signer, signature or signature_hash(signer))
        return Certificate(key, signed.public_bytes(serialization.Encoding.DER),
                           (issuer, *issuer.issuers) if issuer else ())


def signature_hash(signer):
    return None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
