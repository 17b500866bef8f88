"""One lab among several that run at the same time: its number, addresses and ports.

Number N owns 127.N.0.0/16 and the ports from 20000 + 20 N.  A name in the abstract socket
namespace is the lock: it belongs to the network namespace, as the addresses do, and the kernel
frees it when the last process of the lab, all of which hold it, has ended.

What is no lab knows nothing of the lock.  Libunbound above all asks from any free port, bound to
all addresses: a number whose ports turn out to be taken is passed over.
"""

import dataclasses
import socket

FIRST, LAST = 20, 250
PORTS_EACH = 20


class NoFreeInstance(RuntimeError):
    pass


@dataclasses.dataclass(frozen=True)
class Instance:
    number: int

    def address(self, third, fourth):
        return f"127.{self.number}.{third}.{fourth}"

    def port(self, offset):
        return 20000 + PORTS_EACH * self.number + offset

    # Port offsets.  The SMTP port is the same for 127.N.x.y and for ::1.
    smtp_port = property(lambda self: self.port(0))
    authority_port = property(lambda self: self.port(1))
    resolver_port = property(lambda self: self.port(2))
    fault_port = property(lambda self: self.port(3))
    plain_port = property(lambda self: self.port(4))
    lying_port = property(lambda self: self.port(5))

    def service_port(self, index):
        """Ports of the services that are not SMTP: imap, pop3, ..."""
        return self.port(8 + index)

    resolver_address = property(lambda self: self.address(0, 1))
    auth1 = property(lambda self: self.address(0, 10))
    auth2 = property(lambda self: self.address(0, 11))
    cache_authority = property(lambda self: self.address(0, 12))

    def probed_sockets(self):
        for port in (self.resolver_port, self.fault_port, self.plain_port, self.lying_port):
            yield socket.AF_INET, self.resolver_address, port, socket.SOCK_DGRAM
        for address in (self.auth1, self.auth2, self.cache_authority):
            yield socket.AF_INET, address, self.authority_port, socket.SOCK_DGRAM
        yield socket.AF_INET, self.address(1, 1), self.smtp_port, socket.SOCK_STREAM
        if have_ipv6():
            yield socket.AF_INET6, "::1", self.smtp_port, socket.SOCK_STREAM


def have_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def _free(instance):
    for family, address, port, kind in instance.probed_sockets():
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:  # of UDP it would share the address with an unbound
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def claim(wanted=None, passed_over=()):
    """Returns (Instance, lock socket).  The lock is held while any process has the socket open."""
    for number in [wanted] if wanted else [n for n in range(FIRST, LAST + 1) if n not in passed_over]:
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            lock.bind(f"\0dane-tools-lab-{number}")
        except OSError:
            lock.close()
            continue
        instance = Instance(number)
        if _free(instance):
            return instance, lock
        lock.close()
    raise NoFreeInstance(f"lab number {wanted} is in use" if wanted else "all lab numbers are in use")
