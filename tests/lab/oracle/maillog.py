"""What smtp(8) logged of each destination, without what differs from run to run."""

import dataclasses
import re
import time

LINE = re.compile(r"\S+ +\d+ [\d:]+ \S+ postfix/(?:smtp|error|retry)\[(\d+)\]: (.*)")
DELIVERY = re.compile(r"[0-9A-F]+: to=<user@([^>]*)>, .*dsn=([\d.]+), status=(\w+) \((.*)\)$")
QUEUE_ID = re.compile(r"^[0-9A-F]{6,}: ")
SUMMARY = re.compile(r"(Anonymous|Untrusted|Trusted|Verified) TLS connection established to ")


@dataclasses.dataclass
class Delivery:
    lines: list          # of this process, normalised, the delivery line last
    dsn: str
    status: str          # sent, deferred, bounced
    text: str

    def word(self):
        return last_word(self.lines)


def last_word(lines):
    words = [found.group(1) for found in map(SUMMARY.match, lines) if found]
    return words[-1] if words else None


def normal(line):
    """A predicted line stays as it is but for the recipient, which is ours."""
    line = QUEUE_ID.sub("QUEUEID: ", line)
    line = re.sub(r"^QUEUEID: to=<[^>]*>", "QUEUEID: to=<RECIPIENT>", line)
    line = re.sub(r", delay=[\d.]+, delays=[\d./]+, ", ", delay=DELAY, delays=DELAYS, ", line)
    return re.sub(r"status=sent \(.*\)$", "status=sent (REPLY)", line)


def read(text):
    """recipient domain -> its first Delivery.  A process delivers once, so its lines are that delivery's."""
    pending, deliveries = {}, {}
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        lines = pending.setdefault(found.group(1), [])
        lines.append(normal(found.group(2)))
        done = DELIVERY.match(found.group(2))
        if done:
            domain, dsn, status, reason = done.groups()
            deliveries.setdefault(domain, Delivery(pending.pop(found.group(1)), dsn, status, reason))
    return deliveries


def read_dead(text, names):
    """name -> a Delivery of what the first process of that syslog_name said before it ended."""
    said, first = {}, {}
    for line in text.splitlines():
        found = re.match(r"\S+ +\d+ [\d:]+ \S+ ([^/ ]+)/smtp\[(\d+)\]: (.*)", line)
        if found and found.group(1) in names and first.setdefault(found.group(1), found.group(2)) == found.group(2):
            said.setdefault(found.group(1), []).append(found.group(3))
    return {name: Delivery(lines, None, "deferred", None) for name, lines in said.items()}


def wait(postfix, domains, limit):
    """Until each has a delivery line; gives those that have none after `limit` seconds."""
    until = time.monotonic() + limit
    while True:
        missing = set(domains) - set(read(postfix.log()))
        if not missing or time.monotonic() > until:
            return missing
        time.sleep(0.1)
