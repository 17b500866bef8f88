"""What posttls-finger says of a row."""

import dataclasses
import os
import re
import subprocess

WORD = re.compile(r"(Anonymous|Untrusted|Trusted|Verified) TLS connection established to ")
NAME = re.compile(r": matched peername: (\S+)")
FAILED = re.compile(r"certificate verification failed for \S+: (.*)")
# X509_V_* behind each wording; where Postfix has one wording for two, either is right.
NUMBERS = (
    (r"num=(\d+):", None),
    (r"not trusted by local or TLSA policy", {27}),
    (r"self-signed certificate", {18}),
    (r"untrusted issuer ", {19, 20}),
    (r"certificate not yet valid", {9, 13}),
    (r"certificate has expired", {10, 14}),
    (r"not designated for use as a ", {26}),
    (r"certificate chain longer than limit", {22}),
)


@dataclasses.dataclass
class Verdict:
    word: str = None
    name: str = None
    numbers: frozenset = frozenset({0})   # one of these
    output: str = ""

    def shown(self):
        return f"{self.word or '-'} {self.name or '-'} {'/'.join(map(str, sorted(self.numbers)))}"


def configure(folder):
    folder.mkdir()
    (folder / "main.cf").write_text("smtp_dns_support_level = dnssec\nsmtp_address_preference = ipv4\n"
                                    "inet_protocols = ipv4\n")


def command(row):
    level = row.level.partition(" ")[0]
    words = ["posttls-finger", "-c", "-l", level, "-M", "may", "-L", "summary,certmatch,dane,untrusted",
             "-t", "20", "-T", "20"]
    if row.ca_file:
        words += ["-F", row.ca_file]
    return [*words, row.site.nexthop, *row.patterns]


def ask(row, folder):
    done = subprocess.run(command(row), capture_output=True, text=True, errors="backslashreplace", timeout=60,
                          env=dict(os.environ, MAIL_CONFIG=str(folder)))
    return read(done.stdout + done.stderr)


def read(output):
    word, name, failed = WORD.search(output), NAME.search(output), FAILED.search(output)
    return Verdict(word and word.group(1), name and name.group(1), number_of(failed.group(1)) if failed
                   else frozenset({0}), output)


def number_of(text):
    for wording, numbers in NUMBERS:
        found = re.match(wording, text)
        if found:
            return frozenset(numbers or {int(found.group(1))})
    raise ValueError(f"posttls-finger says something new: {text}")
