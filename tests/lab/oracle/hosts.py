"""The mail hosts of the delivery oracle, HOST.mx.test, each with one way to be."""

import dataclasses

from cryptography.hazmat.primitives.asymmetric import rsa
from labkit import odd_replies

from . import factors
from .certificates import STATES, Authorities, Names, leaf
from .instance import CLIENT_ADDRESS
from .tlsa_sets import WRONG, upper

ZONE = "mx.test"
UNSIGNED = "insecure.test"
ANY_KEY = {"ciphers": "DEFAULT:@SECLEVEL=0"}


@dataclasses.dataclass
class Host:
    name: str
    address: str
    certificate: object
    sent: tuple


class Hosts:
    def __init__(self, lab):
        self.lab, self.all = lab, {}
        self.authorities = Authorities(lab.pki)
        lab.zone(ZONE)
        lab.zone(UNSIGNED, algorithm="")
        plain(self)
        misbehaving(self)
        protocols(self)
        dane(self)
        without_server(self)

    def add(self, label, state="good", names=None, tlsa=(), zone=ZONE, ports=(25,), behaviour="good", **options):
        """`names`: of the certificate, else the host's own; `tlsa`: functions of (leaf, sent)."""
        name = f"{label}.{zone}"
        certificate, sent = STATES[state].make(self.authorities, names or Names(dns=(name,), cn=(label,)))
        return self.put(label, name, certificate, sent, tlsa, ports, behaviour, options)

    def put(self, label, name, certificate, sent, tlsa=(), ports=(25,), behaviour="good", options=None, address=None):
        address = address or self.lab.new_address()
        for port in ports:
            self.lab.server([(certificate, sent)] if certificate else [], address=address, port=port,
                            behaviour=behaviour, options={**ANY_KEY, **(options or {})})
        self.lab.rr(name, "AAAA" if ":" in address else "A", address)
        self.lab.tlsa(name, *(make(certificate, sent) for make in tlsa), port=25)
        self.all[label] = Host(name, address, certificate, sent)
        return self.all[label]

    def issued(self, label):
        """A certificate with the host's own name."""
        return self.issued_to(f"{label}.{ZONE}")

    def issued_to(self, name):
        return issued(self, Names(dns=(name,), cn=(name.partition(".")[0],)))

    def serve(self, label, address):
        """The same host at one more address."""
        host = self.all[label]
        self.lab.server([(host.certificate, host.sent)], address=address, port=25, options=ANY_KEY)
        self.lab.rr(host.name, "AAAA" if ":" in address else "A", address)

    def __getitem__(self, label):
        return self.all[label]


def plain(hosts):
    hosts.add("good", ports=(25, factors.OTHER_PORT))
    hosts.add("second")
    hosts.add("wildcard", names=Names(dns=(f"*.{ZONE}",)))
    hosts.add("other-name", names=Names(dns=("elsewhere.example",)))
    hosts.add("common-name", names=Names(cn=(f"common-name.{ZONE}",)))
    hosts.add("nameless", names=Names())
    hosts.add("unsigned", zone=UNSIGNED)
    for state in ("root-sent", "unknown-ca", "self-signed", "expired", "not-yet-valid", "intermediate-missing",
                  "client-only", "weak-key"):
        hosts.add(state, state)
    hosts.add("expired-other-name", "expired", Names(dns=("elsewhere.example",)))
    hosts.add("by-address")
    hosts.add("under_score")
    address = hosts.lab.new_address()
    hosts.put("address-in-it", f"address-in-it.{ZONE}", *issued(hosts, Names(dns=("x.example",), ip=(address,))),
              address=address)


def issued(hosts, names, key=None):
    certificate = leaf(names, hosts.authorities.intermediate, key or hosts.authorities.key)
    return certificate, certificate.issuers[:-1]


def misbehaving(hosts):
    for label, behaviour in (("no-starttls", "no-starttls"), ("refuses-tls", "starttls-454-goes-on"),
                             ("refuses-tls-for-good", "starttls-502-goes-on"), ("ends-after-220", "starttls-then-eof"),
                             ("not-tls", "not-tls"), ("greets-554", "greeting-554"), ("greets-421", "greeting-421"),
                             ("closes", "closes-at-once")):
        hosts.add(label, behaviour=behaviour)
    for behaviour in odd_replies.SMTP:
        hosts.add(behaviour, behaviour=behaviour)
    for number in range(1, 6):
        hosts.lab.rr(f"refused{number}.{ZONE}", "A", hosts.lab.new_address())
    hosts.lab.rr(f"alias.{ZONE}", "CNAME", f"good.{ZONE}.")


def protocols(hosts):
    for version in ("1.1", "1.2", "1.3"):
        hosts.add(f"tls{version.replace('.', '')}", tls=version)
    anonymous = {"tls": "1.2", "ciphers": "aNULL:@SECLEVEL=0"}
    hosts.put("anonymous", f"anonymous.{ZONE}", None, (), options=anonymous)
    hosts.put("rsa", f"rsa.{ZONE}", *issued(hosts, Names(dns=(f"rsa.{ZONE}",)), rsa.generate_private_key(65537, 2048)))
    for version in ("1.2", "1.3"):
        hosts.add(f"wants-certificate-{version[-1]}", tls=version, client_ca=str(hosts.lab.pki.ca_file))


def dane(hosts):
    ee, pkix_ee = (lambda c, s: upper(3, 1, 1, c)), (lambda c, s: upper(1, 1, 1, c))
    wrong, pkix_ta = (lambda c, s: f"3 1 1 {WRONG}"), (lambda c, s: upper(0, 0, 1, c.issuers[0]))
    ta, root = (lambda c, s: upper(2, 1, 1, c.issuers[0])), (lambda c, s: upper(2, 0, 1, c.issuers[-1]))
    elsewhere = Names(dns=("elsewhere.example",))
    for label, records, options in (
            ("ee", (ee,), {}), ("ee-full", (lambda c, s: upper(3, 0, 1, c),), {}),
            ("ee-sha512", (lambda c, s: upper(3, 1, 2, c),), {}),
            ("ee-wrong", (wrong,), {}), ("ee-two", (wrong, ee), {}),
            ("ee-self-signed", (ee,), {"state": "self-signed"}), ("ee-expired", (ee,), {"state": "expired"}),
            ("ee-other-name", (ee,), {"names": elsewhere}),
            ("ta", (ta,), {}), ("ta-root", (root,), {"state": "root-sent"}), ("ta-root-not-sent", (root,), {}),
            ("ta-other-name", (ta,), {"names": elsewhere}), ("ta-expired", (ta,), {"state": "expired"}),
            ("pkix-ee", (pkix_ee,), {}), ("pkix-ta", (pkix_ta,), {}), ("pkix-mixed", (pkix_ta, ee), {}),
            ("pkix-mixed-wrong", (pkix_ee, wrong), {}),
            ("short", (lambda c, s: "3 1 1 0011223344",), {}), ("type9", (lambda c, s: f"3 1 9 {WRONG}",), {}),
            ("type255", (lambda c, s: f"3 1 255 {WRONG}",), {}), ("selector7", (lambda c, s: f"3 7 1 {WRONG}",), {}),
            ("usage9", (lambda c, s: f"9 1 1 {WRONG}",), {}),
            ("ee-no-starttls", (ee,), {"behaviour": "no-starttls"}),
            ("ee-refuses-tls", (ee,), {"behaviour": "starttls-454-goes-on"}),
            ("ee-ends-after-220", (ee,), {"behaviour": "starttls-then-eof"})):
        hosts.add(f"dane-{label}", tlsa=records, **options)
    hosts.put("dane-anonymous", f"dane-anonymous.{ZONE}", None, (), (lambda c, s: f"3 1 1 {WRONG}",),
              options={"tls": "1.2", "ciphers": "aNULL:@SECLEVEL=0"})
    hosts.add("dane-unsigned", tlsa=(ee,), zone=UNSIGNED)
    servfail = hosts.add("dane-servfail").name
    hosts.lab.fault(f"_25._tcp.{servfail}", "TLSA", "servfail")
    hosts.lab.rr(f"dane-alias.{ZONE}", "CNAME", f"dane-ee.{ZONE}.")
    linked = hosts.add("dane-linked")
    hosts.lab.rr(f"_25._tcp.{linked.name}", "CNAME", f"shared-tlsa.{ZONE}.")
    hosts.lab.rr(f"shared-tlsa.{ZONE}", "TLSA", upper(3, 1, 1, linked.certificate))


def without_server(hosts):
    hosts.lab.rr(f"no-address.{ZONE}", "TXT", '"nothing else"')
    for label in ("no-answer", "no-answer-2"):
        hosts.lab.rr(f"{label}.{ZONE}", "TXT", '"nothing else"')
        for kind in ("A", "AAAA"):
            hosts.lab.fault(f"{label}.{ZONE}", kind, "servfail")
    hosts.lab.rr(f"myself.{ZONE}", "A", CLIENT_ADDRESS)
