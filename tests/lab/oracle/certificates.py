"""Leaf certificates with any names, and chains in every state that a mail server may show."""

import dataclasses
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from labkit import der, pki

DNS, EMAIL, IP = 0x82, 0x81, 0x87  # tags of a GeneralName


@dataclasses.dataclass(frozen=True)
class Names:
    """What stands in a leaf: octets of dNSNames, common names, addresses, mail addresses."""

    dns: tuple = ()
    cn: tuple = ()
    ip: tuple = ()
    email: tuple = ()

    def subject(self):
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lab")] +
                         [x509.NameAttribute(NameOID.COMMON_NAME, n) for n in self.cn])

    def alternatives(self):
        """The extension's value, written by hand: no library agrees to all of these names."""
        entries = [der.wrap(EMAIL, e.encode()) for e in self.email]
        entries += [der.wrap(DNS, n if isinstance(n, bytes) else n.encode()) for n in self.dns]
        entries += [der.wrap(IP, ipaddress.ip_address(a).packed) for a in self.ip]
        return der.wrap(0x30, b"".join(entries)) if entries else None


def leaf(names, issuer, key, start=-10, end=80, purpose=ExtendedKeyUsageOID.SERVER_AUTH, digest=None):
    """`issuer` None: signed with its own key.  Times are days from now."""
    subject = names.subject()
    signer = issuer.key if issuer else key
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer.x509.subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(pki.NOW + start * pki.DAY).not_valid_after(pki.NOW + end * pki.DAY)
               .add_extension(x509.BasicConstraints(False, None), True))
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), False)
    if names.alternatives():
        builder = builder.add_extension(x509.UnrecognizedExtension(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME, names.alternatives()), False)
    signed = builder.sign(signer, digest or hashes.SHA256())
    return pki.Certificate(key, signed.public_bytes(serialization.Encoding.DER),
                           (issuer, *issuer.issuers) if issuer else ())


class Authorities:
    """The lab's root is the one that is trusted; these stand beside it."""

    def __init__(self, lab_pki):
        self.root, self.intermediate, self.stranger = lab_pki.root, lab_pki.intermediate, lab_pki.other_root
        self.expired = lab_pki.authority("dane-tools lab expired", self.root, start=-300, end=-3)
        self.narrow = lab_pki.authority("dane-tools lab narrow", self.root, permitted="elsewhere.example")
        self.impostor = dataclasses.replace(self.intermediate, key=ec.generate_private_key(ec.SECP256R1()))
        self.no_ca = leaf(Names(dns=("no-ca.test",)), self.intermediate, ec.generate_private_key(ec.SECP256R1()))
        self.long = self.root
        for depth in range(11):
            self.long = lab_pki.authority(f"dane-tools lab depth {depth}", self.long)
        self.key, self.weak_key = ec.generate_private_key(ec.SECP256R1()), lab_pki.short_key(768)
        self.unused = lab_pki.authority("dane-tools lab unused")


@dataclasses.dataclass(frozen=True)
class State:
    """How a chain stands.  `make(authorities, names)` gives the leaf and what is sent above it."""

    name: str
    make: object
    with_ca: bool = True   # is the root in the CAfile?


def _issued(issuer_name, sent=slice(0, -1), **options):
    """`sent`: which of the leaf's issuers the server sends; by default all but the root."""
    def make(authorities, names):
        options_now = dict(options)
        key = authorities.weak_key if options_now.pop("weak", False) else authorities.key
        issuer = getattr(authorities, issuer_name) if issuer_name else None
        made = leaf(names, issuer, key, **options_now)
        return made, made.issuers[sent]
    return make


def _with_stray(authorities, names):
    made = leaf(names, authorities.intermediate, authorities.key)
    return made, (authorities.unused, *made.issuers[:-1])


NOTHING, ALL = slice(0, 0), slice(0, None)
STATES = {s.name: s for s in (
    State("good", _issued("intermediate")),
    State("good-from-root", _issued("root")),
    State("root-sent", _issued("intermediate", ALL)),
    State("sent-backwards", _issued("intermediate", slice(None, None, -1))),
    State("stray-certificate", _with_stray),
    State("no-purpose", _issued("intermediate", purpose=None)),
    State("any-purpose", _issued("intermediate", purpose=ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)),
    State("intermediate-missing", _issued("intermediate", NOTHING)),
    State("no-ca-file", _issued("intermediate"), with_ca=False),
    State("no-ca-file-root-sent", _issued("intermediate", ALL), with_ca=False),
    State("unknown-ca", _issued("stranger")),
    State("unknown-ca-sent", _issued("stranger", ALL)),
    State("self-signed", _issued(None)),
    State("expired", _issued("intermediate", start=-90, end=-2)),
    State("not-yet-valid", _issued("intermediate", start=3, end=90)),
    State("expired-unknown-ca", _issued("stranger", ALL, start=-90, end=-2)),
    State("expired-intermediate", _issued("expired")),
    State("client-only", _issued("intermediate", purpose=ExtendedKeyUsageOID.CLIENT_AUTH)),
    State("client-only-expired", _issued("intermediate", purpose=ExtendedKeyUsageOID.CLIENT_AUTH, start=-90, end=-2)),
    State("weak-key", _issued("intermediate", weak=True)),
    State("weak-key-self-signed", _issued(None, weak=True)),
    State("sha1-signature", _issued("intermediate", digest=hashes.SHA1())),
    State("forged-signature", _issued("impostor")),
    State("issuer-is-no-ca", _issued("no_ca")),
    State("name-constraints", _issued("narrow")),
    State("too-deep", _issued("long")),
)}
