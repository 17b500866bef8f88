"""The lab's name servers and mail servers on the ports that Postfix uses."""

import contextlib
import dataclasses
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from labkit import control, instance, pki, processes, world, zones

MODEST_RESOLVER = "127.0.0.54"
START_LIMIT_S = 10


@dataclasses.dataclass(frozen=True)
class Place(instance.Instance):
    """A whole network namespace instead of one number among several."""

    number: int = 16
    smtp_port = property(lambda self: 25)
    authority_port = property(lambda self: 53)
    resolver_port = property(lambda self: 53)
    resolver_address = property(lambda self: "127.0.0.53")
    auth1 = property(lambda self: "127.0.0.10")
    auth2 = property(lambda self: "127.0.0.11")
    cache_authority = property(lambda self: "127.0.0.12")


def new_world(work):
    directory = pathlib.Path(work) / "lab"
    directory.mkdir()
    return world.World(Place(), directory, pki.Pki(directory / "certs"))


@contextlib.contextmanager
def running(lab):
    """Signs the zones and starts all servers; gives the file with the trust anchor."""
    daemons = processes.Daemons(lab.directory)
    anchor = lab.directory / "root.key"
    shutil.copy(zones.Signer(lab.directory / "zones").sign_all(lab), anchor)
    try:
        with socket.socket(socket.AF_UNIX) as lock:
            control.start(lab, daemons, anchor, lock, tied=True)
        yield anchor
    finally:
        left = daemons.stop()
        if left:
            raise RuntimeError("still running: " + ", ".join(left))


@contextlib.contextmanager
def resolver(lab, sets_ad):
    """/etc/resolv.conf (namespace.py's own) with the lab's resolver, or with one in front of it that clears AD."""
    if sets_ad:
        yield
        return
    config = lab.directory / "modest.json"
    listener = {"mode": "modest", "port": 53, "upstream": [lab.instance.resolver_address, 53]}
    config.write_text(json.dumps({"address": MODEST_RESOLVER, "listeners": [listener], "faults": []}))
    resolv_conf = pathlib.Path("/etc/resolv.conf")
    before = resolv_conf.read_text()
    process = subprocess.Popen([sys.executable, "-B", "-m", "labkit.dnsproxy", str(config)],
                               cwd=pathlib.Path(__file__).resolve().parent.parent)
    try:
        resolv_conf.write_text(before.replace(lab.instance.resolver_address, MODEST_RESOLVER))
        wait_for(MODEST_RESOLVER)
        yield
    finally:
        resolv_conf.write_text(before)
        process.kill()
        process.wait()


def wait_for(address):
    until = time.monotonic() + START_LIMIT_S
    while True:
        try:
            socket.create_connection((address, 53), START_LIMIT_S).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
