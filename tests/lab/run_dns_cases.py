#!/usr/bin/python3
"""Runs every lookup of dns-cases.tsv through dane-lookup-probe, with each validator, and compares.

Uses the lab that LAB_DIR names, or starts one of its own.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labkit import table  # noqa: E402

LOOKUP_LIMIT_S = 20
LINE = re.compile(r"^(\S+) (\S+?):? (found (?:secure|insecure) n=(\d+)|absent (?:secure|insecure) (?:nxdomain|nodata)"
                  r"|failed ([a-z-]+))")


def read(port):
    """[(name, type, planted, {validator: expected})]"""
    rows = []
    for _, fields in table.lines_of(HERE / "dns-cases.tsv"):
        name, kind, planted, expected = fields[:4]
        rows.append((name.format(tlsa=f"_{port}._tcp"), kind, planted,
                     {"unbound": expected, "getdns": fields[4] if len(fields) > 4 else expected}))
    return rows


def ask(probe, validator, rows):
    """{(name, type): what the probe says, in the words of the table}"""
    questions = "".join(f"{name} {kind}\n" for name, kind, _, _ in rows)
    done = subprocess.run([probe, "--resolver", os.environ["LAB_RESOLVER"], "--trust-anchor",
                           os.environ["LAB_TRUST_ANCHOR"], "--validator", validator,
                           "--timeout", str(LOOKUP_LIMIT_S)],
                          input=questions, capture_output=True, text=True, timeout=20 * LOOKUP_LIMIT_S)
    if done.returncode:
        raise RuntimeError(f"{probe} --validator {validator}: exit status {done.returncode}: {done.stderr.strip()}")
    said = {}
    for line in done.stdout.splitlines():
        match = LINE.match(line)
        if not match:
            raise RuntimeError(f"not understood: {line!r}")
        name, kind, words, count, failure = match.groups()
        text = re.sub(r"n=\d+", count, words) if count else f"failed {failure}" if failure else words
        said[name.rstrip(".").lower() or ".", kind] = text
    return said


def agrees(expected, said):
    first, _, last = expected.rpartition(" ")
    if first == "failed":
        return said.startswith("failed ") and (last == "*" or said.split()[1] in last.split("|"))
    return said == expected


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probe", default="dane-lookup-probe", help="the program")
    parser.add_argument("--validator", action="append", choices=("unbound", "getdns"))
    given = parser.parse_args()
    if "LAB_DIR" not in os.environ:
        lab = str(HERE / "lab")
        os.execv(lab, [lab, "run", "--", sys.executable, *sys.argv])
    rows = read(os.environ["LAB_SMTP_PORT"])
    validators = given.validator or ["unbound", "getdns"]
    with concurrent.futures.ThreadPoolExecutor(len(validators)) as pool:
        answers = dict(zip(validators, pool.map(lambda v: ask(given.probe, v, rows), validators)))
    failed = 0
    for name, kind, planted, expected in rows:
        for validator in validators:
            said = answers[validator].get((name, kind), "nothing")
            if not agrees(expected[validator], said):
                failed += 1
                print(f"FAILED {name} {kind} [{validator}] ({planted}): expected {expected[validator]}, got {said}")
    print(f"{len(rows)} lookups with {' and '.join(validators)}, {failed} differ")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
