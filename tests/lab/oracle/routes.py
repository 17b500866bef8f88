"""Destinations of the delivery oracle that are about which hosts Postfix tries: MX records of every kind, next-hops
as addresses, and this machine among the hosts."""

from . import factors
from .hosts import ZONE
from .instance import CLIENT_ADDRESS


def fill(table):
    for group in (null_mx, strange_names, without_address, myself, literals):
        group(table)


def raw(t, label, entry, *records, **options):
    """`records`: MX record data as a zone file has it."""
    t.to(f"r-{label}", entry, **options)
    for data in records:
        t.hosts.lab.rr(f"r-{label}.test", "MX", data)


def mx(preference, host):
    return f"{preference} {host}.{ZONE}."


def null_mx(t):
    raw(t, "null-beside", "verify", "0 .", mx(10, "good"))
    raw(t, "null-behind", "verify", mx(10, "good"), "20 .")
    raw(t, "null-preference", "verify", "10 .")
    raw(t, "null-twice", "verify", "0 .", "5 .")


def strange_names(t):
    raw(t, "numeric", "verify", f"10 {t.hosts['by-address'].address}.")
    raw(t, "numeric-encrypt", "encrypt", f"10 {t.hosts['by-address'].address}.")
    raw(t, "numeric-first", "encrypt", f"10 {t.hosts['by-address'].address}.", mx(20, "good"))
    raw(t, "numeric-last", "encrypt", mx(10, "refused1"), f"20 {t.hosts['by-address'].address}.")
    raw(t, "digits", "encrypt", "10 12345.")
    raw(t, "malformed", "verify", f"10 a!b.{ZONE}.")
    raw(t, "malformed-hyphen", "verify", f"10 -ab.{ZONE}.")
    raw(t, "malformed-space", "verify", f"10 a\\032b.{ZONE}.")
    raw(t, "malformed-beside", "verify", f"10 a!b.{ZONE}.", mx(20, "good"))
    raw(t, "malformed-dot", "verify", f"10 a\\.b.{ZONE}.")
    raw(t, "underscore", "encrypt", f"10 under_score.{ZONE}.")


def without_address(t):
    absent, failing, nowhere = f"no-address.{ZONE}.", f"no-answer.{ZONE}.", f"nowhere.{ZONE}."
    raw(t, "absent-failing", "verify", f"10 {absent}", f"20 {failing}")
    raw(t, "failing-absent", "verify", f"10 {failing}", f"20 {absent}")
    raw(t, "failing", "verify", f"10 {failing}")
    raw(t, "failing-failing", "verify", f"10 {failing}", f"20 no-answer-2.{ZONE}.")
    raw(t, "nowhere", "verify", f"10 {nowhere}")
    raw(t, "absent-nowhere", "verify", f"10 {absent}", f"20 {nowhere}")
    raw(t, "failing-good", "verify", f"10 {failing}", mx(20, "good"))
    raw(t, "absent-good", "verify", f"10 {absent}", mx(20, "good"))
    t.to("r-brackets-absent", "verify", nexthop=f"[no-address.{ZONE}]")
    t.to("r-brackets-failing", "verify", nexthop=f"[no-answer.{ZONE}]")
    t.to("r-brackets-nowhere", "verify", nexthop=f"[nowhere.{ZONE}]")


def myself(t):
    port = factors.OTHER_PORT
    raw(t, "myself", "verify", f"10 myself.{ZONE}.")
    raw(t, "myself-second", "verify", mx(10, "good"), f"20 myself.{ZONE}.")
    raw(t, "myself-between", "verify", mx(10, "refused1"), f"20 myself.{ZONE}.", mx(30, "good"))
    raw(t, "myself-first", "verify", f"10 myself.{ZONE}.", mx(20, "good"))
    raw(t, "myself-equal", "verify", mx(10, "good"), f"10 myself.{ZONE}.")
    raw(t, "myself-behind-absent", "verify", f"10 no-address.{ZONE}.", f"20 myself.{ZONE}.")
    raw(t, "myself-behind-failing", "verify", f"10 no-answer.{ZONE}.", f"20 myself.{ZONE}.")
    raw(t, "myself-other-port", "encrypt", f"10 myself.{ZONE}.", nexthop=f"r-myself-other-port.test:{port}")
    t.to("r-myself-brackets", "verify", nexthop=f"[myself.{ZONE}]")
    t.to("r-myself-literal", "verify", nexthop=f"[{CLIENT_ADDRESS}]")
    t.to("r-myself-no-mx", "verify", nexthop=f"myself.{ZONE}")


def literals(t):
    t.to("r-v6", "verify", nexthop="[2001:db8::1]")
    t.to("r-v6-prefix", "verify", nexthop="[ipv6:2001:db8::1]")
    t.to("r-bare-address", "encrypt", nexthop=t.hosts["by-address"].address)
