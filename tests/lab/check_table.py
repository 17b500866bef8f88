#!/usr/bin/python3
"""Does the table tell the truth?  Judges the lab without any of our code.

DNSSEC states come from unbound (dig's AD bit and SERVFAIL), verdicts on chains from
"openssl s_client -dane_tlsa_domain", the rules of RFC 7672 in between are these few lines.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labkit import table  # noqa: E402

SIGNATURES = ("ECDSA+SHA256", "RSA-PSS+SHA256:RSA+SHA256", "ed25519")
LIMIT_S = 10

# What s_client cannot judge, and why.  Anything else that differs is a fault of the table or of the lab.
BEYOND_OPENSSL = {
    "name-wildcard-partial.test": "s_client takes mx*.domain; RFC 7672 section 3.2.3 does not (S55)",
    "injected.test": "s_client throws the injected line away",
    "byte-by-byte.test": "s_client wants a whole line in one packet",
    "greeting-421.test": "s_client does not look at the code of the greeting",
    "greeting-554.test": "s_client does not look at the code of the greeting",
    "closes-at-once.test": "to s_client a closed connection and a refused handshake are the same",
    "closes-after-ehlo.test": "to s_client a closed connection and a refused handshake are the same",
}


class Answer:
    """One dig: rcode, AD, and the records of the type asked."""

    def __init__(self, place, name, kind):
        address, port = place
        text = subprocess.run(["dig", f"@{address}", "-p", port, "+dnssec", "+time=25", "+tries=1", "+nosplit", "+tcp",
                               name.encode("idna").decode() if not name.isascii() else name, kind],
                              capture_output=True, text=True).stdout
        header = re.search(r"status: (\w+)", text)
        flags = re.search(r"flags: ([a-z ]*);", text)
        self.failed = not header or header[1] not in ("NOERROR", "NXDOMAIN")
        self.secure = bool(flags) and "ad" in flags[1].split()
        self.exists = bool(header) and header[1] != "NXDOMAIN"
        rows = [line.split(None, 4) for line in text.splitlines() if line and not line.startswith(";")]
        rows = [r for r in rows if len(r) == 5 and r[2] == "IN"]
        self.data = [r[4] for r in rows if r[3] == kind]
        self.canonical = next((r[0].rstrip(".").lower() for r in rows if r[3] == kind), None)
        self.aliases = [r[4].rstrip(".").lower() for r in rows if r[3] == "CNAME"]


class Judge:
    def __init__(self, variables):
        self.place = tuple(variables["LAB_RESOLVER"].split("@"))
        self.port = variables["LAB_SMTP_PORT"]
        self.places = {key[4:].lower(): value for key, value in variables.items()}

    def ask(self, name, kind):
        return Answer(self.place, name, kind)

    def row(self, row):
        """{host: outcome}, as a DANE sender would come to it."""
        if row.is_host:
            host, _, port = row.value_of("--host").format(**self.places).partition(":")
            return {host: self.host(host, port or self.port, row.value_of("--starttls"), [], row)}
        mx = self.ask(row.name, "MX")
        if mx.failed or not mx.exists:
            return {}
        hosts = sorted((int(p), h.rstrip(".").lower()) for p, h in (d.split() for d in mx.data))
        if len(hosts) == 1 and hosts[0][1] == "":
            return {}
        more = [row.name, *mx.aliases] if mx.secure else []
        names = [h for _, h in hosts if h] or [row.name]
        return {name: self.host(name, self.port, "smtp", more, row) for name in names[:50]}

    def host(self, name, port, protocol, more_references, row):
        ipv4 = self.ask(name, "A")
        ipv6 = None if "-4" in row.options else self.ask(name, "AAAA")
        answers = [a for a in (ipv4, ipv6) if a]
        found = [a for a in answers if a.data]
        if not found:
            return "undetermined"
        base, insecure = self.base(name, [a for a in found if a.secure])
        if insecure:
            return "insecure"
        for candidate in dict.fromkeys((base, name)):
            tlsa = self.ask(f"_{port}._tcp.{candidate}", "TLSA")
            if tlsa.failed:
                return "undetermined"
            if tlsa.data and not tlsa.secure:
                return "insecure"
            if tlsa.data:
                addresses = [a for answer in found for a in answer.data]
                return self.service(addresses, port, protocol, candidate, tlsa.data, more_references)
        return "no-records"

    def base(self, name, secure):
        if secure:
            return next(a.canonical for a in secure), False
        alias = self.ask(name, "CNAME")
        return name, not (alias.data and alias.secure)

    def service(self, addresses, port, protocol, base, records, more):
        usable = [r for r in records if is_usable(r)]
        if not usable:
            return "unusable"
        verdicts = [v for address in addresses for v in self.address(address, port, protocol, base, usable, more)]
        if not verdicts:
            return "undetermined"
        return "verified" if all(verdicts) else "refuted"

    def address(self, address, port, protocol, base, records, more):
        """Verdicts on each chain that the address shows; [False] when TLS is not to be had."""
        chains = []
        for signatures in SIGNATURES:
            if chains and signatures == "ed25519":
                break
            reached, handshake, verified = self.connect(address, port, protocol, base, base, records, signatures)
            if not reached:
                return []
            if handshake:
                chains.append(verified or any(
                    self.connect(address, port, protocol, base, reference, records, signatures)[2]
                    for reference in more if reference != base))
        return chains or [False]

    def connect(self, address, port, protocol, base, reference, records, signatures):
        """(reached, handshake done, verified by DANE)"""
        # Security level 1 as Postfix has it, in place of the distribution's.
        command = ["openssl", "s_client", "-brief", "-no-CAfile", "-no-CApath", "-no-CAstore", "-cipher", "DEFAULT@SECLEVEL=1",
                   "-connect", f"[{address}]:{port}" if ":" in address else f"{address}:{port}",
                   "-servername", base, "-sigalgs", signatures, "-dane_tlsa_domain", reference,
                   "-dane_ee_no_namechecks"]
        if protocol != "none":
            command += ["-starttls", protocol, "-name", "judge.test"]
        if protocol == "xmpp":
            command += ["-xmpphost", reference]
        for record in records:
            command += ["-dane_tlsa_rrdata", record]
        try:
            done = subprocess.run(command, input="QUIT\n", capture_output=True, text=True, errors="replace",
                                  timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            return True, False, False
        text = done.stdout + done.stderr
        if re.search(r"connect:errno|Connection refused|unreachable", text):
            return False, False, False
        if "find STARTTLS in server response" in text:  # s_client tries anyway; no mail server would
            return True, False, False
        return True, "Protocol version" in text, bool(re.search(r"^Verification: OK", text, re.M)) and \
            "DANE TLSA" in text


def is_usable(record):
    """RFC 7672 and RFC 6698 section 4.1; the DER of full data is left to OpenSSL."""
    usage, selector, matching_type, data = record.split(None, 3)
    length = len(data.replace(" ", "")) // 2
    if usage not in "23" or selector not in "01" or matching_type not in "012":
        return False
    if matching_type == "0":
        return openssl_loads(data, "x509" if selector == "0" else "pkey")
    return length == {"1": 32, "2": 64}[matching_type]


def openssl_loads(data, kind):
    command = ["openssl", kind, "-inform", "DER", "-noout"] + (["-pubin"] if kind == "pkey" else [])
    return subprocess.run(command, input=bytes.fromhex(data.replace(" ", "")), capture_output=True).returncode == 0


def judged_by(row):
    """Rows whose outcome this judge can find out: no special resolver, no deadline of its own."""
    return not {"--resolver", "--timeout", "--validator"} & set(row.options)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="REGEX", default="")
    given = parser.parse_args()
    if "LAB_DIR" not in os.environ:
        lab = str(HERE / "lab")
        os.execv(lab, [lab, "run", "--", sys.executable, *sys.argv])
    lab = json.loads((pathlib.Path(os.environ["LAB_DIR"]) / "lab.json").read_text())
    judge = Judge(lab["variables"])
    rows = {(row.name, row.outcomes): row for row in table.read_cases()
            if judged_by(row) and re.search(given.only, row.title)
            and (lab["ipv6"] or not row.name.startswith("ipv6-"))}.values()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(judge.row, rows))
    failed = 0
    for row, got in zip(rows, outcomes):
        report = {"subjects": [{"name": host, "outcome": outcome} for host, outcome in got.items()]}
        wrong = table.compare_outcomes(row, report)
        if row.name in BEYOND_OPENSSL:
            wrong = [] if wrong else ["no difference any more; take it out of BEYOND_OPENSSL"]
        failed += bool(wrong)
        for sentence in wrong:
            print(f"FAILED {row.title}: {sentence} ({row.planted})")
    print(f"{len(rows)} rows judged by openssl and unbound, {failed} differ")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
