"""What the lab consists of: zones with their records, mail hosts, DNS faults.

The case modules fill a World; zones.py, dns_daemons.py and mailserver.py make it real.
"""

import dataclasses
import itertools

from . import pki
from .instance import have_ipv6

TTL = 3600


@dataclasses.dataclass
class Zone:
    name: str
    algorithm: str = "13"         # DNSSEC algorithm; "" for an unsigned zone
    denial: tuple = ()            # ldns-signzone options for NSEC3
    validity: tuple = ("-1h", "+28d")
    damage: object = None         # function: signed zone text -> text
    ds_damage: object = None      # function: DS text -> text
    records: list = dataclasses.field(default_factory=list)

    @property
    def file(self):
        return "root" if self.name == "." else self.name


@dataclasses.dataclass
class Server:
    """One address with what it serves.  `sni` maps a server name to chain files of its own."""

    address: str
    port: int
    protocol: str = "smtp"
    behaviour: str = "good"
    chains: list = dataclasses.field(default_factory=list)
    sni: dict = dataclasses.field(default_factory=dict)
    options: dict = dataclasses.field(default_factory=dict)


class World:
    def __init__(self, instance, directory, certificates):
        self.instance = instance
        self.directory = directory
        self.pki = certificates
        self.zones = {}
        self.versions = {}         # ("older"|"cached", zone) -> {owner: TLSA records there}
        self.servers = []
        self.faults = []           # (owner name, type or "*", what)
        self.service_ports = {}    # protocol -> port
        self.domains = {}          # every mail domain or service name that a row of cases.tsv may name
        self.files = {}            # certificate files by content, to write each once
        self.ipv6 = have_ipv6()
        self._addresses = itertools.count(256 + 1)
        self.zone(".")
        self.zone("test", denial=("-n", "-t", "0"))
        for number, address in ((1, instance.auth1), (2, instance.auth2)):
            self.rr(f"ns{number}.nic.test", "A", address)

    # --- DNS ---
    def zone(self, name, **options):
        zone = self.zones[name] = Zone(name, **options)
        if name != ".":
            self._delegate(zone)
        origin = "." if name == "." else name + "."
        zone.records.insert(0, f"{origin} {TTL} IN SOA ns1.nic.test. hostmaster.nic.test. 1 3600 600 86400 60")
        for number in (1, 2):
            zone.records.append(f"{origin} {TTL} IN NS ns{number}.nic.test.")
        return zone

    def _delegate(self, zone):
        parent = self.zone_of(zone.name.partition(".")[2])
        for number in (1, 2):
            parent.records.append(f"{zone.name}. {TTL} IN NS ns{number}.nic.test.")
        if parent.name == ".":
            for number, address in ((1, self.instance.auth1), (2, self.instance.auth2)):
                parent.records.append(f"ns{number}.nic.test. {TTL} IN A {address}")

    def zone_of(self, name):
        while name:
            if name in self.zones:
                return self.zones[name]
            name = name.partition(".")[2]
        return self.zones["."]

    def rr(self, name, kind, data, ttl=TTL):
        self.zone_of(name).records.append(f"{name}. {ttl} IN {kind} {data}")

    def owner(self, base, port=None):
        return f"_{port or self.instance.smtp_port}._tcp.{base}"

    def tlsa(self, base, *records, port=None):
        for record in records:
            self.rr(self.owner(base, port), "TLSA", record)

    def tlsa_version(self, version, zone, base, *records):
        """What differs in another version of a zone: "older", which the second authoritative server
        still has, or "cached", which the resolver still remembers."""
        self.versions.setdefault((version, zone), {})[self.owner(base)] = list(records)

    def fault(self, name, kind, what):
        """what: servfail, refused, silent."""
        self.faults.append((name, kind, what))

    # --- servers ---
    def new_address(self):
        return self.instance.address(*divmod(next(self._addresses), 256))

    def chain_file(self, certificate, sent=None):
        """`sent`: certificates above the leaf that the server sends; by default all but the root."""
        if sent is None:
            sent = certificate.issuers[:-1]
        text = certificate.key_pem + certificate.chain_pem(sent)
        if text not in self.files:
            path = self.pki.directory / f"chain-{len(self.files):03}.pem"
            path.write_text(text)
            self.files[text] = path
        return str(self.files[text])

    def server(self, chains, address=None, port=None, **options):
        """Adds a server; `chains` is a list of Certificate or (Certificate, [sent...])."""
        address = address or self.new_address()
        self.servers.append(Server(address, port or self.instance.smtp_port,
                                   chains=self._files(chains), **options))
        return address

    def _files(self, chains):
        return [self.chain_file(*c) if isinstance(c, tuple) else self.chain_file(c) for c in chains]

    def server_v6(self, host, chains):
        """All hosts share ::1; the server name tells them apart."""
        shared = next((s for s in self.servers if s.address == "::1"), None)
        if shared is None:
            shared = Server("::1", self.instance.smtp_port, chains=self._files(chains))
            self.servers.append(shared)
        shared.sni[host] = self._files(chains)

    # --- mail domains ---
    def domain(self, name, *mx, shown=None):
        """A mail domain.  `mx`: host labels or full names; preference 10, 20, ...
        `shown`: the name as cases.tsv has it, where it differs."""
        self.domains[shown or name] = True
        hosts = []
        for index, host in enumerate(mx):
            full = host if "." in host else f"{host}.{name}"
            self.rr(name, "MX", f"{10 * (index + 1)} {full}.")
            hosts.append(full)
        return hosts

    def host(self, name, chains, *records, behaviour="good", sni=None, address=None, **options):
        """A mail host: address record, server, TLSA records."""
        address = self.server(chains, address=address, behaviour=behaviour, options=options,
                              sni={k: self._files(v) for k, v in (sni or {}).items()})
        self.rr(name, "A", address)
        self.tlsa(name, *records)
        return address


def record(usage, selector, matching_type, certificate):
    return pki.tlsa(usage, selector, matching_type, certificate)


def simple(world, name, chains, *records, **options):
    """The mail domain NAME.test with one host mx1."""
    domain = f"{name}.test"
    world.domain(domain, "mx1")
    return world.host(f"mx1.{domain}", chains, *records, **options)
