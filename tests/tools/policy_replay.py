#!/usr/bin/python3
"""What --save keeps, --replay judges alike: also without the configuration, the servers and Postfix.

usage, in the lab: tests/lab/lab run -- policy_replay.py PATH-OF-TLS-POLICY-CHECK"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOOL, PORT, LAB = sys.argv[1], os.environ["LAB_SMTP_PORT"], pathlib.Path(os.environ["LAB_DIR"])
LIVE = ["--resolver", os.environ["LAB_RESOLVER"], "--trust-anchor", os.environ["LAB_TRUST_ANCHOR"]]
faults = []


def check(what, fine):
    if not fine:
        faults.append(what)


def run(*args, path=None):
    environment = {**os.environ, "PATH": path} if path else os.environ
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=environment)


def report(*args):
    done = run("--format", "json", *args)
    if not done.stdout:
        sys.exit(f"{args}: {done.stderr}")
    return done.returncode, json.loads(done.stdout)


def configure(folder, anchor):
    """A table with a bit of everything: DANE, names, a tafile, a lookup that fails, mistakes, octets that are no UTF-8."""
    entries = {f"good-311.test:{PORT}": "dane", f"wrong-digest.test:{PORT}": "dane-only", f"[mx1.good-311.test]:{PORT}": "secure match=nexthop",
               f"good-201.test:{PORT}": f"secure tafile={anchor}", f"no-records.test:{PORT}": "verify", f"[mx1.good-201.test]:{PORT}": "encrypt",
               "[127.0.0.1]:9": "may", "nowhere.test": "secure", "broken.test": "secure bogus=1", "empty-list.test": "fingerprint"}
    folder.mkdir()
    (folder / "main.cf").write_text("smtp_tls_policy_maps = texthash:$config_directory/tls_policy, regexp:$config_directory/more\n"
                                    f"smtp_tls_CAfile = {anchor}\nsmtp_tls_security_level = may\nsmtp_dns_support_level = dnssec\n"
                                    "compatibility_level = 3.6\nsmtp_tls_ciphers = high\nsmtp_tls_ciphers = medium\n")
    table = "".join(f"{key} {entry}\n" for key, entry in entries.items())
    (folder / "tls_policy").write_bytes(table.encode() + b"octets.test sec\xffure\nalone\n")
    (folder / "more").write_text("/^ten-/ encrypt ciphers=high\n")
    return len(entries)


def trust_anchor(folder):
    """The lab's root and more: any PEM file of certificates that is there will do for both."""
    source = next(p for p in sorted(LAB.rglob("*.pem")) if "BEGIN CERTIFICATE" in p.read_text() and "PRIVATE" not in p.read_text())
    shutil.copy(source, folder / "anchor.pem")
    return folder / "anchor.pem"


def same(what, live, replayed):
    if live == replayed:
        return
    check(f"{what}: exit {live[0]} and {replayed[0]}", live[0] == replayed[0])
    for key in live[1]:
        if live[1][key] != replayed[1].get(key):
            faults.append(f"{what}: {key} differs: {str(live[1][key])[:300]} / {str(replayed[1].get(key))[:300]}")


def round_trips(folder):
    anchor, config = trust_anchor(folder), folder / "etc"
    count = configure(config, anchor)
    runs = {"the whole table": [], "one next-hop": [f"good-311.test:{PORT}"], "what the regexp has": [f"ten-addresses.test:{PORT}"],
            "as another version": ["--postfix-version", "3.4.0"], "without Postfix": ["--without-postfix"],
            "TLS-Required: no": ["--tls-required-no", "--postfix-version", "3.10.5"], "no CAs of the configuration": ["--ca-file", anchor]}
    live, texts = {}, {}
    for number, (what, args) in enumerate(runs.items()):
        file = folder / f"{number}.json"
        live[file] = what, report("--config-dir", config, *LIVE, *args, "--save", file)
        texts[file] = run("--replay", file).stdout
        same(what, live[file][1], report("--replay", file))
    whole = next(iter(live.values()))[1][1]
    check(f"{len(whole['destinations'])} destinations", len(whole["destinations"]) >= count)
    words = {s["log_word"] for d in whole["destinations"] for s in d["servers"]}
    check(f"the lab is at fault: {words}", {"Verified", "Untrusted"} <= words)
    shutil.rmtree(config)
    anchor.unlink()
    for file, (what, before) in live.items():
        same(f"{what}, configuration gone", before, report("--replay", file))
        done = run("--replay", file, path="/nonexistent")
        check(f"{what}, no Postfix: the text differs", done.stdout == texts[file] and done.stdout)
    return folder / "0.json"


def damaged(file):
    """Each field of the request in another form: exit 3, and the file is named."""
    saved = json.loads(file.read_text())
    damaged_file = file.with_name("damaged.json")
    request = saved["request"]
    values = [(name, value) for name in request for value in (None, 7, "x", [[]], {"a": 1}) if type(value) is not type(request[name])]
    values += [("configuration", request["configuration"] | {"postfix_version": "soon"}), ("nexthops", ["a..b", ""]), ("nexthops", ["["]),
               ("configuration", {}), ("anchors", [{"files": [], "records": ["3 1 1 xy"], "warnings": [], "invalid": False}])]
    for name, value in values:
        damaged_file.write_text(json.dumps(saved | {"request": request | {name: value}}))
        done = run("--replay", damaged_file)
        check(f"{name} = {str(value)[:60]}: exit {done.returncode}, {done.stderr!r}",
              done.returncode == 3 and not done.stdout and "hint: " in done.stderr and "request" in done.stderr)
    for name in request:
        damaged_file.write_text(json.dumps(saved | {"request": {k: v for k, v in request.items() if k != name}}))
        done = run("--replay", damaged_file)
        check(f"without {name}: exit {done.returncode}, {done.stderr!r}", done.returncode == 3 and not done.stdout)
    return len(values)


def evidence_gaps(file):
    """What the evidence does not hold is unknown, not Postfix's fault."""
    saved = json.loads(file.read_text())
    request = saved["request"] | {"policy_answers": []}
    file.with_name("gap.json").write_text(json.dumps(saved | {"request": request}))
    status, content = report("--replay", file.with_name("gap.json"))
    check(f"no answers of the table: exit {status}", any(f["id"] == "policy-table-not-read" for f in content["findings"]))
    check("no answers of the table, and yet a delivery", all(d["delivery"] is None for d in content["destinations"]))


with tempfile.TemporaryDirectory() as name:
    first = round_trips(pathlib.Path(name))
    number = damaged(first)
    evidence_gaps(first)
print("\n".join(faults) or f"replays give the same reports; {number} damaged requests are refused")
sys.exit(bool(faults))
