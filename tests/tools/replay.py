#!/usr/bin/python3
"""What --replay takes: the example of dane-evidence(5), and what may change when saved evidence is judged again.

usage: replay.py PATH-OF-TLSA-CHECK SOURCE-FOLDER"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOOL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
faults = []


def run(*args):
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def report(*args):
    done = run("--format", "json", *args)
    assert done.stdout, f"{args}: {done.stderr}"
    content = json.loads(done.stdout)
    return done.returncode, content, {f["id"] for f in content["findings"]}


def check(what, fine):
    if not fine:
        faults.append(what)


def refused(what, args, *words):
    done = run(*args)
    check(f"{what}: exit {done.returncode}, {done.stderr!r}",
          done.returncode == 3 and not done.stdout and all(word in done.stderr for word in words))


def example_of_the_page(folder):
    """The page's own words: the file, the command, the exit status and the finding."""
    page = (SOURCE / "man/dane-evidence.5").read_text()
    examples = page[page.index(".Sh EXAMPLES"):]
    text = re.search(r"^\.Bd -literal.*?\n(.*?)^\.Ed", examples, re.M | re.S)[1]
    command = re.search(r"^\.Dl \$ tlsa-check (--replay FILE .*)$", examples, re.M)[1]
    status = int(re.search(r"ends with exit status (\d)", examples)[1])
    finding = re.search(r"and the finding\n\.Li (\S+) \.", examples)[1]
    file = folder / "example.json"
    file.write_text(text)
    got, content, findings = report(*[file if word == "FILE" else word for word in command.split()])
    check(f"the example: exit {got}, findings {findings}", got == status and finding in findings)
    failed = [f for f in content["findings"] if f["id"] == finding]
    check(f"the example: {failed}", any("example.com MX" in f["text"] for f in failed))
    refused("the example without a domain", ["--replay", file], "does not say which domain", "--replay FILE DOMAIN")
    refused("the example with a resolver", ["--replay", file, "example.com", "--resolver", "127.0.0.1"], "--resolver contradicts --replay")
    got, content, findings = report("--replay", file, "--host", "mx.example.com:25")
    check(f"a host of which the example holds nothing: exit {got}, {findings}", got == 3 and "evidence-incomplete" in findings)


def vector(name):
    vectors = json.loads((SOURCE / "vectors/check/domain.json").read_text())["vectors"]
    return next(v["input"]["evidence"] for v in vectors if v["id"] == f"check::domain::{name}")


def judgement_may_change(folder):
    soon, pkix = folder / "soon.json", folder / "pkix.json"
    soon.write_text(json.dumps(vector("soon-ta")))
    pkix.write_text(json.dumps(vector("pkix-only")))
    check("--days 0", "certificate-expiring" not in report("--replay", soon, "--days", "0")[2])
    check("--days as saved", "certificate-expiring" in report("--replay", soon)[2])
    check("--profile", report("--replay", pkix)[1] != report("--replay", pkix, "--profile", "any")[1])
    check("one domain of the saved ones", report("--replay", soon, "example.test")[0] == report("--replay", soon)[0])
    check("a domain that is named twice", report("--replay", soon, "example.test", "EXAMPLE.test.")[1] == report("--replay", soon)[1])
    for days in ("-1", "3651", "soon"):
        refused(f"--days {days}", ["--replay", soon, "--days", days], "--days", "0 to 3650")
    refused("--ca-file and --no-ca", ["--replay", soon, "--ca-file", soon, "--no-ca"], "--ca-file contradicts --no-ca")
    refused("a CA file that is none", ["--replay", soon, "--ca-file", soon], "soon.json")
    refused("--profile web", ["--replay", soon, "--profile", "web"], "web")
    refused("another domain", ["--replay", soon, "example.com"], "holds nothing about 'example.com'")
    for option, value in (("--host", "a.test"), ("--starttls", "smtp"), ("--port", "25"), ("--cert", soon), ("--key", soon), ("--authority", "::1"),
                          ("--authority-port", "53"), ("--reference-host", "a.test"), ("--resolver", "::1"), ("--validator", "unbound"),
                          ("--trust-anchor", "/usr/share/dns/root.key"), ("--save", soon)):
        refused(option, ["--replay", soon, option, value], f"{option} contradicts --replay")


def trust_may_change(folder):
    """The latest word counts: --no-ca over a saved CA file, --ca-file over a saved --no-ca."""
    saved = vector("pkix-only")
    file = folder / "trust.json"
    missing = str(folder / "missing.pem")
    file.write_text(json.dumps(saved | {"request": saved["request"] | {"ca_file": missing}}))
    refused("a saved CA file that is gone", ["--replay", file], "missing.pem")
    plain = folder / "plain.json"
    plain.write_text(json.dumps(saved))
    check("--no-ca over a saved CA file", report("--replay", file, "--no-ca") == report("--replay", plain))
    file.write_text(json.dumps(saved | {"request": saved["request"] | {"no_ca": True}}))
    refused("--ca-file over a saved --no-ca", ["--replay", file, "--ca-file", missing], "missing.pem")


def damaged_requests(folder):
    saved = vector("good-ee")
    file = folder / "damaged.json"
    for field, value in (("days", -1), ("days", 4000), ("profile", "web"), ("profile", 1), ("domains", []), ("domains", ["a..b"]), ("port", "x"),
                         ("domains", ["a.test", "A.test."]), ("port", 0), ("port", 85936), ("port", 20400.7), ("port", True), ("days", 7.5),
                         ("protocol", "gopher"), ("no_ca", None)):
        file.write_text(json.dumps(saved | {"request": saved["request"] | {field: value}}))
        refused(f"a saved request with {field} {value}", ["--replay", file], "damaged.json", "the saved request cannot be used")
    for fields in ({"ipv4": False, "ipv6": False}, {"ca_file": "/etc/hostname", "no_ca": True}):
        file.write_text(json.dumps(saved | {"request": saved["request"] | fields}))
        refused(f"a saved request with {fields}", ["--replay", file, "--no-ca"], "damaged.json", "the saved request cannot be used")


with tempfile.TemporaryDirectory() as name:
    for part in (example_of_the_page, judgement_may_change, trust_may_change, damaged_requests):
        part(pathlib.Path(name))
print("\n".join(faults) or "replays as the pages say")
sys.exit(bool(faults))
