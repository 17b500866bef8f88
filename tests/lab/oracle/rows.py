"""The rows of the names oracle: generated from the factors, planted into the lab."""

import dataclasses
import random

from . import covering, factors, tlsa_sets
from .certificates import STATES, Authorities

SEED = 7672
GOOD = ("good",)
# The last: `-M may`, as smtp_tls_dane_insecure_mx_policy is for a table's entry when the main level is not dane.
DANE_LEVELS = ("dane", "dane-only", "dane insecure-mx")
FEW_NAMES = ("host", "domain", "cn-beside-dns", "none")


@dataclasses.dataclass
class Row:
    level: str
    form: str
    names: str
    state: str
    match: str = "default"
    tlsa: str = ""
    site: factors.Site = None
    patterns: list = dataclasses.field(default_factory=list)
    records: list = dataclasses.field(default_factory=list)
    chain: str = ""            # file: private key, leaf and what is sent above it
    ca_file: str = ""
    mx_insecure: bool = False
    twin: "Row" = None         # the same names behind a chain in good order
    twin_name: str = None      # what posttls-finger finds there

    def title(self):
        parts = (self.level, self.form, self.names, self.state, self.match, self.tlsa)
        return " | ".join(p for p in parts if p)


def has_mx_if_insecure(values):
    """Without an MX lookup there is none that could be insecure."""
    return not (values.get("level") == "dane insecure-mx" and values.get("form") in ("host", "host-port", "no-mx"))


def generate():
    """Four designs, each covering every pair of its factors' values, each with some more at random."""
    dice = random.Random(SEED)
    pkix = ["verify", "secure"]
    forms, states, names = list(factors.FORMS), list(STATES), list(FEW_NAMES)
    designs = [
        ({"level": pkix, "match": list(factors.MATCHES), "form": forms, "names": list(factors.NAMES),
          "state": GOOD}, 0, None),
        ({"level": ["may", "encrypt"], "form": ["mx", "address"], "names": names, "state": states}, 0, None),
        ({"level": pkix, "match": ["default", "hostname", "only-a-dot", "address-and-host"],
          "form": ["mx", "mx-elsewhere", "host", "address"], "names": names, "state": states}, 20, None),
        ({"level": list(DANE_LEVELS), "tlsa": list(tlsa_sets.TLSA_SETS), "form": list(factors.DANE_FORMS),
          "names": ["host", "domain", "longer", "none"],
          "state": ["good", "root-sent", "intermediate-missing", "unknown-ca-sent", "self-signed", "expired",
                    "weak-key"]}, 20, has_mx_if_insecure),
        ({"level": ["fingerprint"], "match": list(tlsa_sets.FINGERPRINTS), "form": ["mx", "host-port", "address"],
          "names": ["host", "none"], "state": ["good", "root-sent", "self-signed", "expired", "client-only",
                                               "weak-key", "no-ca-file"]}, 0, None),
    ]
    rows = []
    for values, more, allowed in designs:
        combinations = covering.cover(values, dice, more, allowed or (lambda _: True))
        rows += [Row(**combination) for combination in combinations]
    return rows


def plant(lab, rows):
    """Makes each row real: its names in DNS, its chain on its own address."""
    authorities = Authorities(lab.pki)
    lab.zone("insecure.test", algorithm="")
    for number, row in enumerate(rows):
        row.mx_insecure = row.level == "dane insecure-mx"
        address = lab.new_address()
        row.site = factors.FORMS[row.form](number, address)
        if row.mx_insecure:
            row.site = behind_insecure_mx(row.site, number)
        state = STATES[row.state]
        certificate, sent = state.make(authorities, factors.NAMES[row.names](row.site))
        row.ca_file = str(lab.pki.ca_file) if state.with_ca else ""
        fill(row, certificate, sent)
        row.chain = lab.chain_file(certificate, sent)
        port = factors.OTHER_PORT if row.site.nexthop.endswith(f":{factors.OTHER_PORT}") else 25
        lab.server([(certificate, sent)], address=address, port=port,
                   options={"ciphers": "DEFAULT:@SECLEVEL=0"})
        if row.tlsa or row.level in ("verify", "secure") and row.state != "good":
            row.twin = plant_twin(lab, authorities, row)
        publish(lab, row, port)


def plant_twin(lab, authorities, row):
    """Postfix tells no name where the chain fails, and compares none for 3 x x.  Of the same names behind a good
    chain, at another port, it does; DANE's names are the TLSA base domain and the mail domain."""
    certificate, sent = STATES["good"].make(authorities, factors.NAMES[row.names](row.site))
    lab.server([(certificate, sent)], address=row.site.a, port=factors.TWIN_PORT)
    nexthop = f"{row.site.nexthop.removesuffix(f':{factors.OTHER_PORT}')}:{factors.TWIN_PORT}"
    level, patterns = ("secure", [row.site.h, row.site.d]) if row.tlsa else (row.level, row.patterns)
    return dataclasses.replace(row, site=dataclasses.replace(row.site, nexthop=nexthop), state="good", level=level,
                               patterns=patterns, ca_file=str(lab.pki.ca_file))


def behind_insecure_mx(site, number):
    """The same host, and a mail domain in the unsigned zone that points to it."""
    domain = f"r{number}.insecure.test"
    return dataclasses.replace(site, d=domain, nexthop=site.nexthop.replace(site.d, domain, 1))


def fill(row, certificate, sent):
    if row.tlsa:
        row.records = tlsa_sets.TLSA_SETS[row.tlsa](certificate, sent)
    elif row.level == "fingerprint":
        row.patterns = tlsa_sets.FINGERPRINTS[row.match](certificate, sent)
    else:
        row.patterns = factors.MATCHES[row.match](row.site)


def publish(lab, row, port):
    if row.form == "address":
        return
    lab.rr(row.site.h, "A", row.site.a)
    if row.site.d != row.site.h:
        lab.rr(row.site.d, "MX", f"10 {row.site.h}.")
    lab.tlsa(row.site.h, *row.records, port=port)
