"""Destinations of the delivery oracle that are about which hosts Postfix tries: MX records of every kind, next-hops
as addresses, and this machine among the hosts."""

import re

from . import factors
from .hosts import ZONE
from .instance import CLIENT_ADDRESS


RELAY = f"[no-relay.{ZONE}]"
LOOKUPS = re.compile(r"r-(absent|failing|nowhere|brackets|malformed|numeric|v6|bare)|i-|form-|d-ee\.|o-ee|level-verify|"
                     r"nothing-there|mx-servfail|null-mx|no-host|f-(six|literal|absent|failing|half|other)")
bears_on_lookups = LOOKUPS.match


def fill(table):
    for group in (null_mx, strange_names, without_address, myself, literals, families, shares,
                  mx_errors, relayed):
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


V6 = "fd00:da::"  # of namespace.py


def families(t):
    """Of these the run decides: inet_protocols, smtp_address_preference."""
    hosts = t.hosts
    for number, label in ((1, "six"), (2, "both")):
        host = hosts.put(label, f"{label}.{ZONE}", *hosts.issued(label), address=f"{V6}{number}")
        t.to(f"f-{label}", "verify", label)
        t.to(f"f-{label}-brackets", "verify match=nexthop", nexthop=f"[{host.name}]")
    hosts.serve("both", hosts.lab.new_address())
    hosts.lab.rr(f"six-refused.{ZONE}", "AAAA", f"{V6}7")
    hosts.lab.rr(f"both-refused.{ZONE}", "AAAA", f"{V6}8")
    hosts.lab.rr(f"both-refused.{ZONE}", "A", hosts.lab.new_address())
    hosts.lab.rr(f"half-fails.{ZONE}", "TXT", '"nothing else"')
    hosts.lab.fault(f"half-fails.{ZONE}", "A", "servfail")
    hosts.lab.rr(f"other-half-fails.{ZONE}", "TXT", '"nothing else"')
    hosts.lab.fault(f"other-half-fails.{ZONE}", "AAAA", "servfail")
    t.to("f-four", "verify", "good")
    t.to("f-six-refused", "verify", "six-refused", "good")
    t.to("f-both-refused", "verify", "both-refused")
    t.to("f-both-refused-first", "verify", "both-refused", "six")
    t.to("f-literal-six", "verify", nexthop=f"[{V6}1]")
    t.to("f-literal-six-prefix", "encrypt", nexthop=f"[IPv6:{V6}1]:25")
    t.to("f-literal-four", "encrypt", nexthop=f"[{hosts['second'].address}]")
    t.to("f-absent", "verify", "no-address")
    t.to("f-nowhere", "verify", nexthop="f-nothing-there.test")
    t.to("f-failing", "verify", "no-answer")
    t.to("f-half-fails", "verify", "half-fails")
    t.to("f-other-half-fails", "verify", "other-half-fails")


def shares(t):
    """More addresses than smtp_mx_address_limit, of both families, at which nobody answers: one host each, so that
    the order is certain."""
    lab = t.hosts.lab
    for number in range(1, 7):
        lab.rr(f"r4-{number}.{ZONE}", "A", lab.new_address())
    for number in (3, 4, 5, 6):
        lab.rr(f"r6-{number}.{ZONE}", "AAAA", f"{V6}{number}")
    four, six = [f"r4-{n}" for n in range(1, 7)], [f"r6-{n}" for n in (3, 4, 5, 6)]
    t.to("s-four-then-six", "verify", *four, *six)
    t.to("s-six-then-four", "verify", *six, *four)
    t.to("s-four-good", "verify", *four[:5], "good")
    t.to("s-six-good", "verify", *six, "good")
    t.to("s-four-then-good-six", "verify", *four, "six")
    t.to("s-mixed", "verify", four[0], six[0], four[1], six[1], four[2], six[2], "good")


def mx_errors(t):
    """The domain has an address of its own besides MX records that are of no use."""
    for label in ("failing", "malformed"):
        name = f"i-{label}.test"
        t.hosts.put(name, name, *t.hosts.issued_to(name))
        t.to(f"i-{label}", "verify")
    t.hosts.lab.fault("i-failing.test", "MX", "servfail")
    t.hosts.lab.rr("i-malformed.test", "MX", f"10 a!b.{ZONE}.")


def relayed(t):
    t.to("relayed", "verify", nexthop=RELAY)
