"""Many destinations that share mail hosts, each host counting its connections."""

import dataclasses
import itertools
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

from labkit import mailserver

from . import certificates, namespace, tlsa_sets

HOSTS_ZONE, DOMAINS_ZONE, PORT = "hosts.test", "crowd.test", 25
READY_LIMIT_S = 60
HELD_BY_CLIENT = (1, 4, 5)  # TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2
# What a table of some size holds: mostly one or two forms, and a few of each other.
ENTRIES = ("secure match=.{zone}", "secure match=.{zone}", "verify", "dane", "dane-only", "encrypt", "may",
           "secure match={host} protocols=!SSLv2:!SSLv3:!TLSv1:!TLSv1.1",
           "fingerprint match={fingerprint}")


@dataclasses.dataclass
class Host:
    name: str
    address: str
    certificate: object
    chain: str


class Crowd:
    """Every second host has TLSA records; every third destination has two hosts; one destination in ten is at the same
    large provider, which is asked for each with a server name of its own."""

    def __init__(self, lab, destinations, hosts):
        self.lab = lab
        lab.zone(HOSTS_ZONE)
        lab.zone(DOMAINS_ZONE)
        authorities = certificates.Authorities(lab.pki)
        self.hosts = [self._host(authorities, number) for number in range(hosts)]
        self.table = [self._destination(number) for number in range(destinations)]

    def _host(self, authorities, number):
        name, address = f"mx{number}.{HOSTS_ZONE}", self.lab.new_address()
        made = certificates.leaf(certificates.Names(dns=(name,)), authorities.intermediate, authorities.key)
        self.lab.rr(name, "A", address)
        if number % 2 == 0:
            self.lab.tlsa(name, tlsa_sets.upper(3, 1, 1, made), port=PORT)
        return Host(name, address, made, self.lab.chain_file(made))

    def _destination(self, number):
        domain, host = f"d{number}.{DOMAINS_ZONE}", self.hosts[number % len(self.hosts)]
        if number % 10 == 9:
            self.lab.rr(domain, "MX", f"10 {self.hosts[0].name}.")
            return domain, f"secure match=.{HOSTS_ZONE} servername=nexthop"
        self.lab.rr(domain, "MX", f"10 {host.name}.")
        if number % 3 == 0:
            self.lab.rr(domain, "MX", f"20 {self.hosts[(number + 1) % len(self.hosts)].name}.")
        form = ENTRIES[(number // len(self.hosts) + number) % len(ENTRIES)]
        return domain, form.format(zone=HOSTS_ZONE, host=host.name, fingerprint=fingerprint(host.certificate))

    def configure(self, folder, **settings):
        """main.cf and the table; gives the folder."""
        folder.mkdir()
        values = {"compatibility_level": "3.6", "smtp_tls_security_level": "may", "smtp_dns_support_level": "dnssec",
                  "smtp_tls_policy_maps": f"texthash:{folder}/tls_policy", "smtp_tls_CAfile": self.lab.pki.ca_file,
                  "inet_protocols": "ipv4", **settings}
        (folder / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in values.items()))
        (folder / "tls_policy").write_text("".join(f"{key} {entry}\n" for key, entry in self.table))
        for file in folder.iterdir():  # postmap waits a second with a table that has just been written
            os.utime(file, (time.time() - 60,) * 2)
        return folder

    def serve(self, folder):
        config = folder / "crowd.json"
        config.write_text(json.dumps([{"address": h.address, "port": PORT, "chains": [h.chain]} for h in self.hosts]))
        return Servers(config, folder / "counts.json")


def fingerprint(certificate):
    digest = tlsa_sets.upper(3, 0, 1, certificate).split()[-1]
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


class Servers:
    """The servers in a process of their own, for as long as the block lasts; then `total` and `most`."""

    def __init__(self, config, counts):
        self.config, self.counts = config, counts

    def __enter__(self):
        here = pathlib.Path(__file__).resolve().parent.parent
        self.process = subprocess.Popen([sys.executable, "-B", "-m", "oracle.crowd", self.config, self.counts], cwd=here,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=namespace.die_with_parent)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the mail servers did not come up")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(READY_LIMIT_S)
        counted = json.loads(self.counts.read_text())
        self.total, self.most = sum(c["total"] for c in counted), max(c["most"] for c in counted)


def is_open(connection):
    """The kernel knows that the client has closed before our thread does."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in HELD_BY_CLIENT


class Counted(mailserver.Server):
    """Answers as from 20 ms away."""

    def __init__(self, entry):
        super().__init__({"protocol": "smtp", "behaviour": "good", "sni": {}, "options": {}, **entry})
        self.lock, self.connections, self.most, self.total = threading.Lock(), set(), 0, 0

    def serve(self, connection):
        watched = connection.dup()  # TLS takes the other one away
        with self.lock:
            self.connections.add(watched)
            self.total += 1
            self.most = max(self.most, sum(is_open(c) for c in self.connections))
        time.sleep(0.02)
        try:
            super().serve(connection)
        finally:
            with self.lock:
                self.connections.remove(watched)
            watched.close()


def listen(server):
    listener = server.listen()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=server.serve, args=(connection,), daemon=True).start()


def main(config, counts):
    threading.stack_size(256 * 1024)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    servers = [Counted(entry) for entry in json.loads(pathlib.Path(config).read_text())]
    for server in servers:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
    time.sleep(0.5)
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM})
    pathlib.Path(counts).write_text(json.dumps([{"total": s.total, "most": s.most} for s in servers]))


if __name__ == "__main__":
    main(*itertools.islice(sys.argv, 1, 3))
