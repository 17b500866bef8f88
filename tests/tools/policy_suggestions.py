#!/usr/bin/python3
"""What tls-policy-check suggests of a live server is put into the table and asked again: it has to verify.

usage, in the lab: tests/lab/lab run -- policy_suggestions.py PATH-OF-TLS-POLICY-CHECK"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

TOOL, PORT = sys.argv[1], os.environ["LAB_SMTP_PORT"]
LIVE = ["--resolver", os.environ["LAB_RESOLVER"], "--trust-anchor", os.environ["LAB_TRUST_ANCHOR"], "--ca-file", os.environ["LAB_CA_FILE"]]
# domain, entry, what the suggestions say behind the key (None: not compared), ids that must not be there
ROWS = [
    # Levels from verify on demand more of the handshake than encrypt does.
    ("tls11-only.test", "encrypt", [], []),
    ("tls11-only.test", "may", [], []),
    ("good-311.test", "encrypt", None, []),
    ("good-201.test", "may", None, []),
    # Level dane sends the TLSA base domain as server name; a name in the entry does the same.
    ("sni-dependent.test", "secure match=nope.test", ["dane", "dane-only", "secure servername=hostname"], ["TLSA records that do not fit"]),
    ("sni-dependent.test", "encrypt", ["dane", "dane-only", "secure servername=hostname"], ["TLSA records that do not fit"]),
    ("sni-strict.test", "secure", ["dane", "dane-only", "secure servername=hostname"], []),
    ("sni-strict.test", "encrypt", ["dane", "dane-only", "secure servername=hostname"], []),
    ("sni-chain-wrong.test", "secure match=nope.test", None, []),
    ("wrong-digest.test", "encrypt", None, []),
]
faults = []


def run(folder, domain, entry, version):
    table = folder / "tls_policy"
    table.write_text(f"{domain}:{PORT} {entry}\n")
    os.utime(table, (time.time() - 60,) * 2)  # postmap waits a second with a table that has just been written
    done = subprocess.run([TOOL, "--config-dir", str(folder), "--postfix-version", version, "--format", "json", *LIVE, f"{domain}:{PORT}"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if not done.stdout:
        sys.exit(f"{domain} {entry}: {done.stderr}")
    return json.loads(done.stdout)


def check(folder, domain, entry, wanted, unwanted, version):
    report = run(folder, domain, entry, version)
    what = f"{version} {domain} {entry}"
    suggestions = [s["entry"].split(" ", 1)[1] for s in report["destinations"][0]["suggestions"]]
    if wanted is not None and suggestions != wanted:
        faults.append(f"{what}: suggests {suggestions}")
    for text in unwanted:
        if text in json.dumps(report["findings"]):
            faults.append(f"{what}: says {text}")
    for suggestion in suggestions:
        again = run(folder, domain, suggestion, version)["destinations"][0]
        words = {server["log_word"] for server in again["servers"]}
        if words != {"Verified"}:
            faults.append(f"{what}: {suggestion} is {words}: {again['verdict']}")
    return len(suggestions)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "main.cf").write_text(f"smtp_tls_policy_maps = texthash:{folder}/tls_policy\nsmtp_tls_security_level = may\n"
                                    "smtp_dns_support_level = dnssec\ncompatibility_level = 3.6\n")
    count = sum(check(folder, *row, "3.7.11") for row in ROWS)
    check(folder, "sni-strict.test", "secure", ["dane", "dane-only"], [], "3.3.0")  # no servername= yet
if count < 12:
    faults.append(f"{count} suggestions")
print("\n".join(faults) or f"{count} suggestions verify")
sys.exit(bool(faults))
