"""What the rows of the names oracle are made of: next-hop forms, names in certificates, match lists, TLSA sets.

Each value is a function of the row's own place: d the mail domain, h the MX host, both as A-labels; p the
host's parent domain; a its address.
"""

import dataclasses

from .certificates import Names

OTHER_PORT, TWIN_PORT = 2525, 2526


@dataclasses.dataclass(frozen=True)
class Site:
    """The names of one row."""

    d: str
    h: str
    a: str
    nexthop: str          # as given to the programs

    @property
    def p(self):
        return self.h.partition(".")[2]


def idn(label):
    return label.encode("idna").decode()


# --- next-hop forms: (row number, address) -> Site
def _form(domain="r{n}.test", host="mx1.{d}", nexthop="{d}"):
    def make(number, address):
        d = ".".join(idn(label) for label in domain.format(n=number).split("."))
        h = host.format(d=d, n=number, a=address)
        return Site(d=h if nexthop.startswith("[") else d, h=h, a=address,
                    nexthop=nexthop.format(d=d, h=h, a=address, port=OTHER_PORT))
    return make


FORMS = {
    "mx": _form(),
    "mx-port": _form(nexthop="{d}:{port}"),
    "mx-elsewhere": _form(host="mx1.h{n}.test"),
    "mx-deeper": _form(host="a.b.{d}", nexthop="{d}:{port}"),
    "mx-upper-case": _form(host="MX1.{d}"),
    "no-mx": _form(host="{d}"),
    # posttls-finger takes no U-label as destination.
    "idn": _form(domain="b\u00fccher{n}.test"),
    "host": _form(nexthop="[{h}]"),
    "host-port": _form(nexthop="[{h}]:{port}"),
    "address": _form(host="{a}", nexthop="[{a}]"),
}
DANE_FORMS = ("mx", "mx-port", "mx-elsewhere", "mx-deeper", "no-mx", "host", "host-port")

# --- names in the certificate: Site -> Names
NAMES = {
    "host": lambda s: Names(dns=(s.h,), cn=("ignored",)),
    "domain": lambda s: Names(dns=(s.d,)),
    "wildcard-of-domain": lambda s: Names(dns=(f"*.{s.d}",)),
    "wildcard-of-parent": lambda s: Names(dns=(f"*.{s.p}",)),
    "odd-wildcards": lambda s: Names(dns=("*", "*.test", f"m*.{s.p}", "mx1.*.test", f"*1.{s.p}")),
    "below": lambda s: Names(dns=(f"*.b.{s.d}", f"x.a.b.{s.d}")),
    "upper-case": lambda s: Names(dns=(s.h.upper(),)),
    "stray-dots": lambda s: Names(dns=(f"{s.h}.", f".{s.d}")),
    "underscore": lambda s: Names(dns=(f"mx_1.{s.d}",)),
    "idn-a-label": lambda s: Names(dns=("mail.xn--mnchen-3ya.test", "xn--mnchen-3ya.test")),
    "idn-utf8": lambda s: Names(dns=("m\u00fcnchen.test",)),
    "several": lambda s: Names(dns=("foo.test", "bar.test", s.d, s.h)),
    "longer": lambda s: Names(dns=(f"not{s.d}", f"{s.h}.evil.test", f"{s.h}\0.evil.test", f"{s.d}\0.evil.test")),
    "address-as-dns": lambda s: Names(dns=(s.a,)),
    "address": lambda s: Names(ip=(s.a,), cn=("ignored",)),
    "address-and-host": lambda s: Names(dns=(s.h,), ip=(s.a,)),
    "cn-host": lambda s: Names(cn=(s.h,)),
    "cn-wildcard": lambda s: Names(cn=(f"*.{s.p}",)),
    "cn-beside-dns": lambda s: Names(dns=("other.test",), cn=(s.h,)),
    "cn-beside-others": lambda s: Names(email=("postmaster@lab.test",), ip=("192.0.2.1",), cn=(s.h,)),
    "cn-two": lambda s: Names(cn=("other.test", s.h)),
    "cn-address": lambda s: Names(cn=(s.a,)),
    "cn-idn-utf8": lambda s: Names(cn=("m\u00fcnchen.test",)),
    "none": lambda s: Names(),
}

# --- match lists: Site -> patterns, one argument each; none means the default of the level
MATCHES = {
    "default": lambda s: [],
    "nexthop": lambda s: ["nexthop"],
    "dot-nexthop": lambda s: ["dot-nexthop"],
    "hostname": lambda s: ["hostname"],
    "keywords-upper-case": lambda s: ["NextHop", "HOSTNAME"],
    "all-three": lambda s: ["hostname", "dot-nexthop", "nexthop"],
    "literal-upper-case": lambda s: [s.d.upper(), s.h.upper()],
    "literal-trailing-dot": lambda s: [f"{s.h}."],
    "literal-odd": lambda s: [f"*.{s.p}", f"mx_1.{s.d}"],
    "below-domain": lambda s: [f".{s.d}"],
    "below-sub-domain": lambda s: [f".b.{s.d}"],
    "below-top": lambda s: [".test"],
    "below-idn": lambda s: [".m\u00fcnchen.test", f"\u3002{s.d}"],  # U+3002 is a dot too
    "idn": lambda s: ["m\u00fcnchen.test", f"xn--mnchen-3ya.{s.p}"],
    "order": lambda s: ["bar.test", "foo.test", s.d],
    "address": lambda s: [s.a],
    "address-and-host": lambda s: [s.a, s.h],
    "only-a-dot": lambda s: ["."],
    "dot-and-host": lambda s: [".", "hostname"],
}
