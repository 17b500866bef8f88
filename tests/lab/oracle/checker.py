"""tls-policy-check as a user runs it, and what it says."""

import ipaddress
import json
import subprocess

class Failed(Exception):
    """The tool did not answer."""


def run(tool, arguments, limit):
    done = subprocess.run([tool, "--format", "json", *arguments], capture_output=True, text=True,
                          errors="backslashreplace", timeout=limit)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise Failed(f"exit status {done.returncode}, no JSON: {(done.stderr or done.stdout).strip()[:500]}") from None


def offline_arguments(row, version):
    level = row.level.partition(" ")[0]
    words = ["--nexthop", row.site.nexthop, "--mx", row.site.h, "--level", level, "--chain", row.chain,
             "--postfix-version", version]
    for pattern in row.patterns:  # none but fingerprints hold a colon, at which a list of names is split
        words += ["--match", pattern]
    if row.ca_file:
        words += ["--ca-file", row.ca_file]
    for record in row.records:
        words += ["--tlsa", record]
    if row.records:
        words += ["--mx-secure", "no" if row.mx_insecure else "yes"]
    return words


def judge(tool, row, version):
    """(word, matched name, error number) of the one server."""
    report = run(tool, offline_arguments(row, version), 60)
    server = report["destinations"][0]["servers"][0]
    matched = (server["matched"] or {}).get("name")
    return server["log_word"], matched, server["verify_error"]["code"]


def is_address(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False
