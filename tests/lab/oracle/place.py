"""The lab's name servers and mail servers on the ports that Postfix uses."""

import contextlib
import dataclasses
import pathlib
import shutil
import socket

from labkit import control, instance, pki, processes, world, zones


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
