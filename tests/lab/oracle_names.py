#!/usr/bin/python3
"""Does tls-policy-check judge names and chains as posttls-finger does?

Hundreds of combinations of level, match list, next-hop form, names and chain, generated from lists so that every
pair of values occurs, each judged by the real posttls-finger and by the tool: log word, matched name and error
number must be equal.  Needs root and namespaces of its own; exit status 77 where that is not possible.

usage: oracle_names.py --tool PATH | --show [--only REGEX] [-v] [--keep DIR]
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from oracle import checker, finger, namespace, place, rows  # noqa: E402

AT_ONCE = 4
LEAST = 250


def compare(row, seen, tool, version):
    """What differs, as text; "" when all is equal."""
    try:
        word, name, number = checker.judge(tool, row, version)
    except (checker.Failed, subprocess.TimeoutExpired, KeyError, IndexError, TypeError) as fault:
        return f"tls-policy-check: {type(fault).__name__}: {fault}"
    if not name_agrees(row, name, seen) or word != seen.word or number not in seen.numbers:
        return f"tls-policy-check: {word or '-'} {name or '-'} {number}"
    return ""


def name_agrees(row, name, seen):
    """The tool names what matched whatever the chain is worth, Postfix only where all is well: then its twin tells.
    Where DANE compares no name, the tool need not tell one.  Postfix has no name for an address."""
    told = {seen.name}
    if row.twin and not seen.name:
        told = {row.twin_name, None} if row.tlsa else {row.twin_name}
    return masked(name) in told or (None in told and name is not None and checker.is_address(name))


def masked(name):
    """As posttls-finger prints it: a question mark for each octet that is not ASCII."""
    return name and "".join(c if c.isascii() else "?" * len(c.encode()) for c in name)


def mail_version():
    return subprocess.run(["postconf", "-h", "-d", "mail_version"], capture_output=True, text=True,
                          check=True).stdout.strip()


def judge_row(row, options, folder, version):
    seen = finger.ask(row, folder)
    if row.twin:
        row.twin_name = finger.ask(row.twin, folder).name
    return seen, compare(row, seen, options.tool, version) if options.tool else ""


def inside(options):
    work, began = namespace.inside(), time.monotonic()
    finger.configure(work / "finger")
    lab = place.new_world(work)
    table = rows.generate()
    rows.plant(lab, table)
    chosen = [r for r in table if not options.only or re.search(options.only, r.title())]
    version, faults, words = mail_version(), 0, collections.Counter()
    with place.running(lab), concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        print(f"{len(chosen)} rows against posttls-finger {version}; servers up in {time.monotonic() - began:.1f} s",
              flush=True)
        judged = pool.map(lambda row: judge_row(row, options, work / "finger", version), chosen)
        for row, (seen, difference) in zip(chosen, judged):
            words[seen.word or "no session"] += 1
            faults += bool(difference)
            report(row, seen, difference, options)
    print(", ".join(f"{count} {word}" for word, count in sorted(words.items())))
    print(f"{len(chosen)} rows, {faults} differ, {time.monotonic() - began:.1f} s")
    if not options.only and (len(chosen) < LEAST or len(words) < 3 or words["no session"] > len(chosen) // 10):
        print("the lab is at fault: too few rows, or too many of one kind")
        faults += 1
    return 1 if faults else 0


def report(row, seen, difference, options):
    if difference:
        print(f"DIFFERS {row.title()}\n    posttls-finger:   {seen.shown()}\n    {difference}")
    elif options.show:
        print(f"{seen.shown():<60} {row.title()}")
    if options.verbose and (difference or options.show):
        print(f"    $ {' '.join(finger.command(row))}\n    $ tls-policy-check "
              f"{' '.join(map(repr, checker.offline_arguments(row, mail_version())))}")
        print("".join(f"    {line}\n" for line in seen.output.splitlines()), end="")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", help="the tls-policy-check to be tested")
    parser.add_argument("--show", action="store_true", help="print what posttls-finger says of every row")
    parser.add_argument("--only", help="rows whose title matches this regular expression")
    parser.add_argument("--keep", metavar="DIR", help="copy the work folder here at the end")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.tool and not options.show:
        parser.error("--tool or --show is needed")
    if not namespace.inside():
        return namespace.enter(options.keep)
    try:
        return inside(options)
    finally:
        namespace.keep_copy()


if __name__ == "__main__":
    sys.exit(main())
