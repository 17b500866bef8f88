"""SMTP servers that misbehave, each with a good chain and a good record."""

from . import faults
from .world import record, simple


def plant(w):
    for behaviour in faults.SMTP:
        certificate = w.pki.leaf(f"mx1.{behaviour}.test")
        simple(w, behaviour, [certificate], record(3, 1, 1, certificate), behaviour=behaviour)

    # The same fault where no record forbids mail in the clear.
    for behaviour in ("no-starttls", "starttls-454", "garbage"):
        name = f"plain-{behaviour}"
        simple(w, name, [w.pki.leaf(f"mx1.{name}.test")], behaviour=behaviour)

    certificate = w.pki.leaf("mx1.tls11-only.test")
    simple(w, "tls11-only", [certificate], record(3, 1, 1, certificate), tls="1.1", ciphers="ALL:@SECLEVEL=0")
    certificate = w.pki.leaf("mx1.no-chain.test")
    simple(w, "no-chain", [], record(3, 1, 1, certificate))
    certificate = w.pki.leaf("mx1.anonymous.test")
    simple(w, "anonymous", [], record(3, 1, 1, certificate), tls="1.2", ciphers="aNULL:@SECLEVEL=0")
    simple(w, "plain-tls11-only", [w.pki.leaf("mx1.plain-tls11-only.test")], tls="1.1", ciphers="ALL:@SECLEVEL=0")

    # TLS from the first octet on a port where SMTP is expected.
    host, = w.domain("implicit-on-smtp.test", "mx1")
    certificate = w.pki.leaf(host)
    w.rr(host, "A", w.server([certificate], protocol="implicit"))
    w.tlsa(host, record(3, 1, 1, certificate))
