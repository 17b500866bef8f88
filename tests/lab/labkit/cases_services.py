"""Services other than SMTP, for --host."""

from .world import record

SERVICES = ("imap", "pop3", "sieve", "ldap", "xmpp", "ftp", "implicit")


def plant(w):
    for index, protocol in enumerate(SERVICES):
        port = w.service_ports[protocol] = w.instance.service_port(index)
        for quality in ("good", "bad"):
            host = f"{protocol}-{quality}.services.test"
            w.domains[host] = True
            certificate = w.pki.leaf(host)
            published = certificate if quality == "good" else w.pki.leaf("previous.test")
            w.rr(host, "A", w.server([certificate], port=port, protocol=protocol))
            w.tlsa(host, record(3, 1, 1, published), port=port)
