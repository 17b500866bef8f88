#!/usr/bin/python3
"""Does tls-policy-check foretell what smtp(8) does?

A private Postfix sends one message to each of some 400 destinations: every level and attribute, mistakes, DANE in
all its states, servers that fail.  Then the tool, reading the same configuration and asking the same servers, must
give the same log word, DSN, text, delivery and log lines.  Needs root and namespaces of its own; exit status 77
where that is not possible.

usage: oracle_delivery.py --tool PATH | --show [--only REGEX] [--run NAME] [-v] [--keep DIR]
"""

import argparse
import contextlib
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from oracle import checker, destinations, hosts, instance, maillog, namespace, outcome, place, runs, services, socketmap  # noqa: E402
from oracle.runs import RUNS  # noqa: E402

LEAST, SEND_LIMIT_S, TOOL_LIMIT_S = 90, 60, 120
TRANSPORT = {"transport_maps": "texthash:$config_directory/transport"}


def chosen(run, table, options):
    return [d for d in table.all
            if (d.service != "smtp") == (run == "services") and RUNS[run].belongs(d.domain)
            and (not options.only or re.search(options.only, d.domain))]


def tables_of(run, table):
    policy = list(table.keys.items())
    if run == "broken-table":  # two lines for one key: to Postfix the whole table is unavailable
        policy += [("NO-entry.test", "may"), ("no-ENTRY.test", "may")]
    return {"tls_policy": policy, "transport": table.transport_rows().items(),
            "per_site": destinations.PER_SITE.items(), **RUNS[run].files}


def deliver(work, run, table, lab, options):
    """Sends to all destinations of a run; gives (Postfix, destinations, what was logged of each)."""
    wanted = chosen(run, table, options)
    settings = {"smtp_tls_CAfile": lab.pki.ca_file, **TRANSPORT, **RUNS[run].settings}
    postfix = instance.Postfix(work / run, settings, tables_of(run, table), RUNS[run].smtp,
                               services.master_cf(table.files) if run == "services" else "")
    if run == "services":
        services.furnish_chroot(postfix, table.files)
    with postfix.running():
        postfix.send([f"user@{d.domain}" for d in wanted])
        missing = maillog.wait(postfix, [d.domain for d in wanted if d.service not in services.NEVER_START], SEND_LIMIT_S)
    if missing:
        raise RuntimeError(f"no delivery line for {', '.join(sorted(missing))}")
    seen = maillog.read(postfix.log())
    dead = maillog.read_dead(postfix.log(), services.NEVER_START)
    return postfix, wanted, {**seen, **{d.domain: dead[d.service] for d in wanted if d.service in dead}}


def serving(run):
    answers = RUNS[run].answers
    return socketmap.serving(runs.PORT, answers) if answers else contextlib.nullcontext()


def predictions(tool, postfix, wanted, anchor):
    """(service, next-hop) -> the tool's report on it, from one process for all of a service"""
    told = {}
    for service in dict.fromkeys(d.service for d in wanted):
        nexthops = list(dict.fromkeys(d.nexthop for d in wanted if d.service == service))
        arguments = ["--config-dir", str(postfix.config), "--trust-anchor", str(anchor), "--service", service, *nexthops]
        report = checker.run(tool, arguments, TOOL_LIMIT_S)
        told.update({(service, d["nexthop"]): d for d in report["destinations"]})
    return told


def judge(run, wanted, seen, told, options):
    """Prints what differs; gives how many destinations do."""
    faults = 0
    for destination in wanted:
        logged = seen[destination.domain]
        predicted = told.get((destination.service, destination.nexthop)) if options.tool else None
        try:
            differences = outcome.compare(logged, predicted) if options.tool else []
        except (KeyError, TypeError, AttributeError) as fault:
            differences = [f"the report has another form: {type(fault).__name__}: {fault}"]
        faults += bool(differences)
        if differences or options.show:
            print(f"{'DIFFERS' if differences else 'seen'} {run} {destination.service} {destination.nexthop}: "
                  f"{destination.entry}")
            for text in differences or logged.lines:
                print(f"    {text}")
        if differences and options.verbose:
            print("".join(f"    logged {line}\n" for line in logged.lines), end="")
    return faults


def lab_fault(wanted, seen):
    """1 when there is little to be seen: too few destinations, or too few ways to end."""
    words = {seen[d.domain].word() for d in wanted}
    statuses = [seen[d.domain].status for d in wanted]
    texts = {seen[d.domain].text for d in wanted if seen[d.domain].status != "sent"}
    sound = (len(wanted) >= LEAST and len(words) == 5 and len(texts) >= 15 and
             all(statuses.count(status) >= LEAST // 3 for status in ("sent", "deferred")))
    if not sound:
        print("the lab is at fault: too few destinations, or too few ways to end")
    return 0 if sound else 1


def inside(options):
    work, began, count, faults = namespace.inside(), time.monotonic(), 0, 0
    lab = place.new_world(work)
    table = destinations.Table(hosts.Hosts(lab), {})
    table.files = destinations.files(table.hosts, work / "anchors")
    destinations.fill(table)
    with place.running(lab) as anchor:
        for run in [options.run] if options.run else RUNS:
            with serving(run), place.resolver(lab, sets_ad=RUNS[run].resolver_sets_ad):
                postfix, wanted, seen = deliver(work, run, table, lab, options)
                sent_at = time.monotonic()
                print(f"{run}: {len(wanted)} destinations, delivered after {sent_at - began:.1f} s", flush=True)
                told = predictions(options.tool, postfix, wanted, anchor) if options.tool else {}
            faults += judge(run, wanted, seen, told, options)
            count += len(wanted)
            if run == "policy" and not options.only:
                faults += lab_fault(wanted, seen)
    print(f"{count} deliveries, {faults} differ, {time.monotonic() - began:.1f} s")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", help="the tls-policy-check to be tested")
    parser.add_argument("--show", action="store_true", help="print what smtp(8) logs of every destination")
    parser.add_argument("--only", help="recipient domains that match this regular expression")
    parser.add_argument("--run", choices=RUNS)
    parser.add_argument("--keep", metavar="DIR", help="copy the work folder here at the end")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.tool and not options.show:
        parser.error("--tool or --show is needed")
    if not namespace.inside():
        return namespace.enter(options.keep)
    try:
        return inside(options)
    except (checker.Failed, subprocess.TimeoutExpired, RuntimeError) as fault:
        print(f"FAILED {fault}")
        return 1
    finally:
        namespace.keep_copy()


if __name__ == "__main__":
    sys.exit(main())
