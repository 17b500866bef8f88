#!/usr/bin/python3
"""Does tls-policy-check foretell what smtp(8) does?

A private Postfix sends one message to each of some 300 destinations: every level and attribute, mistakes, DANE in
all its states, servers that fail.  Then the tool, reading the same configuration and asking the same servers, must
give the same log word, DSN, text, delivery and log lines.  Needs root and namespaces of its own; exit status 77
where that is not possible.

usage: oracle_delivery.py --tool PATH | --show [--only REGEX] [--run NAME] [-v] [--keep DIR]
"""

import argparse
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from oracle import (checker, destinations, factors, hosts, instance, maillog, namespace, outcome, place,  # noqa: E402
                    routes)

LEAST, SEND_LIMIT_S, TOOL_LIMIT_S = 90, 60, 120
POLICY = "texthash:$config_directory/tls_policy"
TRANSPORT = {"transport_maps": "texthash:$config_directory/transport"}
# The main level, and where policies come from.  All but the first are short.
RUNS = {
    "policy": {"smtp_tls_security_level": "may", "smtp_tls_policy_maps": POLICY},
    "main-dane": {"smtp_tls_security_level": "dane", "smtp_tls_policy_maps": POLICY},
    "broken-table": {"smtp_tls_security_level": "may", "smtp_tls_policy_maps": POLICY},
    "without-ad": {"smtp_tls_security_level": "dane", "smtp_tls_policy_maps": POLICY},
    "both-families": {"smtp_tls_security_level": "may", "smtp_tls_policy_maps": POLICY, "inet_protocols": "all",
                      "smtp_address_preference": "ipv6"},
    "four-first": {"smtp_tls_security_level": "may", "smtp_tls_policy_maps": POLICY, "inet_protocols": "all",
                   "smtp_address_preference": "ipv4", "smtp_balance_inet_protocols": "no",
                   "smtp_mx_address_limit": "3", "smtp_defer_if_no_mx_address_found": "yes"},
    "six-alone": {"smtp_tls_security_level": "may", "smtp_tls_policy_maps": POLICY, "inet_protocols": "ipv6",
                  "inet_interfaces": "[fd00:da::9]", "mynetworks": "[fd00:da::]/64"},
    "mx-errors-ignored": {"smtp_tls_policy_maps": POLICY, "ignore_mx_lookup_error": "yes"},
    "system-lookup": {"smtp_tls_policy_maps": POLICY, "smtp_host_lookup": "native"},
    "both-lookups": {"smtp_tls_policy_maps": POLICY, "smtp_host_lookup": "dns, native", "inet_protocols": "all"},
    "no-dns": {"smtp_tls_policy_maps": POLICY, "smtp_dns_support_level": "disabled"},
    "no-dns-as-of-old": {"smtp_tls_policy_maps": POLICY, "smtp_dns_support_level": "", "disable_dns_lookups": "yes",
                         "inet_protocols": "all"},
    "other-port": {"smtp_tls_policy_maps": POLICY, "smtp_tcp_port": str(factors.OTHER_PORT)},
    "other-dialogue": {"smtp_tls_policy_maps": POLICY, "smtp_cname_overrides_servername": "yes",
                       "smtp_skip_5xx_greeting": "no"},
    "starttls-discarded": {"smtp_tls_policy_maps": POLICY, "smtp_discard_ehlo_keywords": "chunking smtputf8, dsn enhancedstatuscodes xforward xclient vrfy verp "
                                                         "StartTLS size pipelining etrn auth 8bitmime",
                           "smtp_tls_security_level": "may"},
    "keywords-discarded": {"smtp_tls_policy_maps": POLICY, "smtp_discard_ehlo_keywords": "dsn",
                           "smtp_tls_security_level": "may"},
    "starttls-silently-discarded": {"smtp_tls_policy_maps": POLICY, "smtp_tls_security_level": "may",
                                    "smtp_discard_ehlo_keywords": "silent-discard starttls"},
    "helo": {"smtp_tls_policy_maps": POLICY, "smtp_never_send_ehlo": "yes"},
    "fallback": {"smtp_tls_policy_maps": POLICY, "smtp_fallback_relay": f"[good.{hosts.ZONE}]"},
    "relayhosts": {"smtp_tls_policy_maps": POLICY, "transport_maps": "",
                   "relayhost": f"{routes.RELAY}, [good.{hosts.ZONE}]"},
    "relayhost": {"smtp_tls_policy_maps": POLICY, "transport_maps": "", "relayhost": routes.RELAY},
    "per-site": {"smtp_tls_security_level": "may", "smtp_tls_per_site": "texthash:$config_directory/per_site"},
}


# Which destinations belong to a run; those of ELSEWHERE to one alone.
ELSEWHERE = "relayed"
SHORT = {
    "policy": lambda domain: not re.match(ELSEWHERE, domain),
    "both-families": re.compile("[fs]-").match,
    "four-first": re.compile("[fs]-").match,
    "six-alone": re.compile("f-").match,
    **dict.fromkeys(("mx-errors-ignored", "system-lookup", "both-lookups", "no-dns", "no-dns-as-of-old"),
                    routes.bears_on_lookups),
    "other-port": re.compile(r"form-(brackets|domain|no-mx|address)|level-(verify|may)|r-(myself(?!-equal)|numeric)").match,
    "other-dialogue": re.compile(r"greets|.*greets|.*alias|d-linked|level-verify|form-brackets\.").match,
    **dict.fromkeys(("starttls-discarded", "starttls-silently-discarded", "keywords-discarded", "helo"),
                    re.compile(r"level-|refuses-tls-|no-starttls-|ends-after-220-|greets-|first-no-st|d-ee\.").match),
    "fallback": re.compile(r"level-|null-mx|nothing-there|r-(myself(?!-equal)|null|absent|failing|malformed)|greets-|"
                           r"refused1-|first-|all-fail|mistake-1\.|mx-servfail|o-|d-servfail").match,
    **dict.fromkeys(("relayhost", "relayhosts"), "relayed.test".__eq__),
    "main-dane": re.compile(r"(d|o)-|no-entry|form-brackets-no|level-|c\.b\.a").match,
    "without-ad": re.compile(r"(d|o)-|level-dane|first-refused").match,
    "broken-table": re.compile(r"no-entry|level-none|first-refused|form-brackets\.").match,
    "per-site": destinations.in_per_site,
}


def chosen(run, table, options):
    belongs = SHORT.get(run, lambda domain: True)
    return [d for d in table.all if belongs(d.domain) and (not options.only or re.search(options.only, d.domain))]


def tables_of(run, table):
    policy = list(table.keys.items())
    if run == "broken-table":  # two lines for one key: to Postfix the whole table is unavailable
        policy += [("NO-entry.test", "may"), ("no-ENTRY.test", "may")]
    return {"tls_policy": policy, "transport": table.transport_rows().items(),
            "per_site": destinations.PER_SITE.items()}


def deliver(work, run, table, lab, options):
    """Sends to all destinations of a run; gives (Postfix, destinations, what was logged of each)."""
    wanted = chosen(run, table, options)
    settings = {"smtp_tls_CAfile": lab.pki.ca_file, **TRANSPORT, **RUNS[run]}
    postfix = instance.Postfix(work / run, settings, tables_of(run, table))
    with postfix.running():
        postfix.send([f"user@{d.domain}" for d in wanted])
        missing = maillog.wait(postfix, [d.domain for d in wanted], SEND_LIMIT_S)
    if missing:
        raise RuntimeError(f"no delivery line for {', '.join(sorted(missing))}")
    return postfix, wanted, maillog.read(postfix.log())


def predictions(tool, postfix, wanted, anchor):
    """next-hop -> the tool's report on it, from one process for all"""
    nexthops = list(dict.fromkeys(d.nexthop for d in wanted))
    arguments = ["--config-dir", str(postfix.config), "--trust-anchor", str(anchor), *nexthops]
    report = checker.run(tool, arguments, TOOL_LIMIT_S)
    return {d["nexthop"]: d for d in report["destinations"]}


def judge(run, wanted, seen, told, options):
    """Prints what differs; gives how many destinations do."""
    faults = 0
    for destination in wanted:
        logged = seen[destination.domain]
        predicted = told.get(destination.nexthop) if options.tool else None
        try:
            differences = outcome.compare(logged, predicted) if options.tool else []
        except (KeyError, TypeError, AttributeError) as fault:
            differences = [f"the report has another form: {type(fault).__name__}: {fault}"]
        faults += bool(differences)
        if differences or options.show:
            print(f"{'DIFFERS' if differences else 'seen'} {run} {destination.nexthop}: {destination.entry}")
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
            with place.resolver(lab, sets_ad=run != "without-ad"):
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
