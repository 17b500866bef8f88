#!/usr/bin/python3
"""Runs tlsa-check over every row of cases.tsv and compares; then again from the saved evidence.

Uses the lab that LAB_DIR names (lab run -- run_cases.py ...), or starts one of its own.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labkit import published, table  # noqa: E402

TIMEOUT_S = 30
GRACE_S = 10         # a run may end this much after --timeout: the machine may be busy
PROCESS_LIMIT_S = 100


@dataclasses.dataclass
class Result:
    row: table.Row
    validator: str
    wrong: list
    seconds: float
    output: str = ""


class Runner:
    def __init__(self, tool, folder):
        self.tool, self.folder = tool, pathlib.Path(folder)
        self.lab = json.loads((pathlib.Path(os.environ["LAB_DIR"]) / "lab.json").read_text())
        variables = self.lab["variables"]
        self.places = {key[4:].lower(): value for key, value in variables.items()} | {
            "port": variables["LAB_SMTP_PORT"]}
        self.places["dir"] = variables["LAB_DIR"]

    def command(self, row, validator, save):
        options = [option.format(**self.places) for option in row.options]
        command = [self.tool, *([] if row.is_host else [row.name]), *options, "--format", "json",
                   "--trust-anchor", self.places["trust_anchor"], "--save", save]
        if row.is_host and ":" in options[options.index("--host") + 1]:
            pass  # HOST:PORT names the port
        else:
            command += ["--port", self.places["port"]]
        for option, value in (("--resolver", self.places["resolver"]), ("--timeout", str(TIMEOUT_S)),
                              ("--validator", validator), ("--reference-host", "")):
            if option not in options:
                command += [option, value]
        if "--cert" in options:
            command += ["--authority-port", self.places["authority_port"]]
        return command

    def run(self, job):
        index, row, validator = job
        saved = str(self.folder / f"{index:03}-{validator}.evidence")
        command = self.command(row, validator, saved)
        began = time.monotonic()
        wrong, output = self.check(row, command, saved)
        return Result(row, validator, wrong, time.monotonic() - began, output)

    def check(self, row, command, saved):
        began = time.monotonic()
        try:
            live = execute(command)
        except subprocess.TimeoutExpired:
            return [f"still running after {PROCESS_LIMIT_S} s"], ""
        took, limit = time.monotonic() - began, float(row.value_of("--timeout") or TIMEOUT_S) + GRACE_S
        wrong = [] if took < limit else [f"took {took:.1f} s; --timeout plus {GRACE_S} s is {limit:.0f} s"]
        output = f"$ {' '.join(command)}\n{live.stdout[-6000:]}{live.stderr[-2000:]}"
        try:
            report = json.loads(live.stdout)
            wrong += table.compare(row, report, live.returncode)
        except (ValueError, KeyError) as fault:
            return wrong + [f"no report: {fault!r}, exit status {live.returncode}: {live.stderr.strip()[:300]}"], output
        wrong += self.compare_advice(row, report)
        return wrong + self.replay(saved, live), output

    def compare_advice(self, row, report):
        wanted = {words: published.record(self.lab, row.name, words) for words in row.advice}
        given = table.recommended(report)
        return [f"not recommended: {words} ({record})" for words, record in wanted.items() if record not in given]

    def replay(self, saved, live):
        try:
            again = execute([self.tool, "--replay", saved, "--format", "json"])
        except subprocess.TimeoutExpired:
            return ["the replay does not end"]
        if again.stdout == live.stdout and again.returncode == live.returncode:
            return []
        return [f"the replay differs: {first_difference(live.stdout, again.stdout)}"
                f" {again.stderr.strip()[:200]}"]


def execute(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                          timeout=PROCESS_LIMIT_S)


def first_difference(one, two):
    for number, (a, b) in enumerate(zip(one.splitlines(), two.splitlines()), 1):
        if a != b:
            return f"line {number}: {a.strip()[:160]!r} became {b.strip()[:160]!r}"
    return f"{len(one)} octets became {len(two)}"


def slow_first(job):
    """Rows that wait go first, so that all of them wait together."""
    return 0 if job[1].value_of("--timeout") else 1


def jobs_for(rows, validators):
    jobs = []
    for row in rows:
        for validator in [row.value_of("--validator")] if row.value_of("--validator") else validators:
            jobs.append((len(jobs), row, validator))
    return sorted(jobs, key=slow_first)


def compare_domains(rows, lab):
    """The table and the lab must speak of the same domains."""
    named, built = {row.name for row in rows}, set(lab["domains"])
    return [f"in the table but not in the lab: {n}" for n in sorted(named - built) if not skipped(n, lab)] + \
           [f"in the lab but not in the table: {n}" for n in sorted(built - named)]


def skipped(name, lab):
    return name.startswith("ipv6-") and not lab["ipv6"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default="tlsa-check", help="the program")
    parser.add_argument("--validator", action="append", choices=("unbound", "getdns"))
    parser.add_argument("--only", metavar="REGEX", default="", help="rows whose name and options match")
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("-v", "--verbose", action="store_true", help="show the output of rows that fail")
    given = parser.parse_args()
    if "LAB_DIR" not in os.environ:
        lab = str(HERE / "lab")
        os.execv(lab, [lab, "run", "--", sys.executable, *sys.argv])

    if not shutil.which(given.tool):
        print(f"run_cases: error: {given.tool} is no program", file=sys.stderr)
        return 3
    rows = table.read_cases()
    with tempfile.TemporaryDirectory(prefix="lab-cases-") as folder:
        runner = Runner(given.tool, folder)
        complaints = compare_domains(rows, runner.lab)
        chosen = [r for r in rows if re.search(given.only, r.title) and not skipped(r.name, runner.lab)]
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
            results = list(pool.map(runner.run, jobs_for(chosen, given.validator or ["unbound", "getdns"])))
    report(results, complaints, time.monotonic() - began, given.verbose)
    if not results:
        complaints.append("no row chosen")
    return 1 if complaints or any(r.wrong for r in results) else 0


def report(results, complaints, seconds, verbose):
    for complaint in complaints:
        print(f"TABLE  {complaint}")
    for result in sorted(results, key=lambda r: r.row.title):
        if result.wrong:
            print(f"FAILED {result.row.title} [{result.validator}]\n       planted: {result.row.planted}")
            for sentence in result.wrong:
                print(f"       {sentence}")
            if verbose:
                print(result.output)
    slowest = max(results, key=lambda r: r.seconds, default=None)
    failed = sum(bool(r.wrong) for r in results)
    print(f"{len(results)} runs, {failed} failed, {seconds:.0f} s"
          + (f"; slowest: {slowest.row.title} {slowest.seconds:.1f} s" if slowest else ""))


if __name__ == "__main__":
    sys.exit(main())
