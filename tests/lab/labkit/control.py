"""lab up, lab down, lab run."""

import dataclasses
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from . import catalogue, dns_daemons, processes
from .instance import claim
from .pki import Pki
from .world import World
from .zones import Signer

HERE = pathlib.Path(__file__).resolve().parent.parent
READY_LIMIT_S = 60
ATTEMPTS = 4
MARKER = "this-is-a-lab"


def up(directory=None, number=None, tied=False):
    """Builds and starts a lab; returns its variables."""
    given = directory is not None
    directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="dane-lab-")).resolve()
    if given:
        prepare(directory)
    passed_over = set()
    while True:
        instance, lock = claim(number, passed_over)
        try:
            return build(instance, lock, directory, tied)
        except processes.Ended:  # most likely a port was taken
            passed_over.add(instance.number)
            if number or len(passed_over) == ATTEMPTS:
                raise
            clear(directory)
        finally:
            lock.close()


def build(instance, lock, directory, tied):
    daemons = processes.Daemons(directory)
    try:
        world = World(instance, directory, Pki(directory / "certs"))
        catalogue.plant(world)
        anchor = directory / "root.key"
        shutil.copy(Signer(directory / "zones").sign_all(world), anchor)
        start(world, daemons, anchor, lock, tied)
    except BaseException:
        daemons.stop()
        raise
    variables = describe(world, anchor)
    (directory / "lab.env").write_text("".join(f"export {k}={shlex.quote(v)}\n" for k, v in variables.items()))
    (directory / "lab.json").write_text(json.dumps(
        {"variables": variables, "domains": sorted(world.domains), "ipv6": world.ipv6,
         "hosts": hosts_of(world)}, indent=1))
    return variables


def prepare(directory):
    """An empty folder for the lab.  One that an earlier lab left is emptied, any other refused."""
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()) and not (directory / MARKER).exists():
        raise RuntimeError(f"{directory} is not empty and holds no lab")
    if processes.Daemons(directory).running():
        raise RuntimeError(f"a lab is running in {directory}; 'lab down --dir {directory}' stops it")
    (directory / MARKER).touch()
    clear(directory)


def clear(directory):
    for entry in directory.iterdir():
        if entry.name != MARKER:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def start(world, daemons, anchor, lock, tied):
    keep = (lock.fileno(),)
    for name, command in dns_daemons.authorities(world):
        daemons.start(name, command, world.directory, keep, tied)
    daemons.start("dnsproxy", dns_daemons.proxy(world), HERE, keep, tied)
    daemons.start("unbound", dns_daemons.unbound(world, anchor), world.directory, keep, tied)
    config = world.directory / "mailserver.json"
    config.write_text(json.dumps([dataclasses.asdict(s) for s in world.servers], indent=1))
    daemons.start("mailserver", [sys.executable, "-m", "labkit.mailserver", str(config)], HERE, keep, tied,
                  wait_ready=True)
    place = world.instance
    wait_for_dns(daemons, place.resolver_address, place.resolver_port, secure=True)
    wait_for_dns(daemons, place.auth2, place.authority_port)
    wait_for_dns(daemons, place.resolver_address, place.plain_port)
    if any(version == "cached" for version, _ in world.versions):
        zone = next(zone for version, zone in world.versions if version == "cached")
        wait_for_dns(daemons, place.cache_authority, place.authority_port, zone=zone)
    daemons.check()


def wait_for_dns(daemons, address, port, secure=False, zone="test"):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in zone.split("."))
    query = struct.pack(">HHHHHH", 4711, 0x0120, 1, 0, 0, 1) + labels + b"\0\0\x06\0\x01" + \
        b"\0\0\x29\x04\xd0\0\0\x80\0\0\0"
    until = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < until:
        daemons.check()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.5)
            try:
                asker.connect((address, port))
                asker.send(query)
                flags, = struct.unpack(">H", asker.recv(4096)[2:4])
                if flags & 0xF == 0 and (flags & 0x20 or not secure):
                    return
            except OSError:
                pass
        time.sleep(0.03)
    raise RuntimeError(f"no answer from {address}@{port}: " + "\n".join(map(daemons.log, ("auth1", "unbound"))))


def describe(world, anchor):
    place, directory = world.instance, world.directory
    resolver = place.resolver_address
    variables = {
        "LAB_DIR": directory, "LAB_INSTANCE": place.number,
        "LAB_RESOLVER": f"{resolver}@{place.resolver_port}",
        "LAB_PLAIN_RESOLVER": f"{resolver}@{place.plain_port}",
        "LAB_LYING_RESOLVER": f"{resolver}@{place.lying_port}",
        "LAB_TRUST_ANCHOR": anchor, "LAB_SMTP_PORT": place.smtp_port,
        "LAB_AUTH1": f"{place.auth1}@{place.authority_port}", "LAB_AUTH2": f"{place.auth2}@{place.authority_port}",
        "LAB_AUTHORITY_PORT": place.authority_port, "LAB_CA_FILE": world.pki.ca_file,
    }
    for protocol, port in world.service_ports.items():
        variables[f"LAB_{protocol.upper()}_PORT"] = port
    return {key: str(value) for key, value in variables.items()}


def hosts_of(world):
    return [{"address": s.address, "port": s.port, "protocol": s.protocol, "behaviour": s.behaviour,
             "chains": s.chains, "sni": s.sni} for s in world.servers]


def down(directory):
    left = processes.Daemons(pathlib.Path(directory)).stop()
    if left:
        raise RuntimeError("still running: " + ", ".join(left))


class Interrupted(Exception):
    def __init__(self, number):
        super().__init__(f"signal {number}")
        self.number = number


def run(command, number=None):
    """Runs a command with the lab's variables; the lab is gone afterwards, whatever happened."""
    def interrupt(signal_number, _):
        raise Interrupted(signal_number)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, interrupt)
    directory = tempfile.mkdtemp(prefix="dane-lab-")
    child = None
    try:
        variables = up(pathlib.Path(directory), number, tied=True)
        child = subprocess.Popen(command, env=dict(os.environ, **variables))
        return child.wait()
    except Interrupted as interrupted:
        if child:
            child.terminate()
            child.wait()
        return 128 + interrupted.number
    except FileNotFoundError as missing:
        print(f"lab: error: {missing}", file=sys.stderr)
        return 127
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        down(directory)
        shutil.rmtree(directory, ignore_errors=True)
