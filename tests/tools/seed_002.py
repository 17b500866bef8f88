#!/usr/bin/python3
"""A question asked since 2016: "Trusted TLS connection established", then "Server certificate not verified".  Three
destinations behind one CA, two that verify and one that does not: tls-policy-check says why, in the words of each
version, and what to write.  Then the asker's own configuration (seed-002/) is read and linted.

usage: seed_002.py PATH-OF-TLS-POLICY-CHECK SOURCE-FOLDER"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOOL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
FASTMAIL = ["*.messagingengine.com", "messagingengine.com", "mail.messagingengine.com", "dav.messagingengine.com",
            "caldav.messagingengine.com", "carddav.messagingengine.com"]
NOT_VERIFIED = {"delivery": "deferred", "dsn": "4.7.5", "text": "Server certificate not verified", "matched": None}
DELIVERED = {"log_word": "Verified", "delivery": "delivered", "verify_error": {"code": 0, "name": "X509_V_OK"}}
# The chain is good and the name is another: one fact, three wordings.
WORDINGS = {"2.11.0": ("Trusted", 0), "3.5.25": ("Trusted", 0), "3.6.0": ("Untrusted", 62), "3.7.11": ("Untrusted", 62),
            "3.10.3": ("Untrusted", 62), "3.10.5": ("Trusted", 62)}
faults = []


def run(*args):
    return subprocess.run([TOOL, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def report(*args):
    done = run(*args, "--format", "json")
    try:
        return json.loads(done.stdout), done
    except ValueError:
        faults.append(f"{args}: exit {done.returncode}, no report; {done.stderr!r}")
        return None, done


def expect(what, got, want):
    if got != want:
        faults.append(f"{what}: {got!r}, not {want!r}")


def expect_fields(what, row, want):
    for field, value in want.items():
        expect(f"{what}: {field}", row[field], value)


class Case:
    """One line of the asker's table, judged offline as one version would."""

    def __init__(self, chains, version, nexthop, mx, chain, *match):
        self.what = " ".join(("Postfix", version, nexthop, *match))
        self.args = ["--nexthop", nexthop, "--mx", mx, "--level", "secure", "--chain", chains / chain,
                     "--ca-file", chains / "ca.pem", "--postfix-version", version,
                     *(arg for pattern in match for arg in ("--match", pattern))]
        self.report, self.done = report(*self.args)
        self.destination = self.report["destinations"][0] if self.report else None

    def expect(self, status, expected_names, server):
        if self.destination is None:
            return
        expect(f"{self.what}: exit status", self.done.returncode, status)
        expect_fields(self.what, self.destination, {"level": "secure", "expected_names": expected_names})
        (row,) = self.destination["servers"]
        expect_fields(self.what, row, server)

    def expect_suggestion(self, entry):
        """The line is among the suggestions with a cost, and it does verify when it is followed."""
        if self.destination is None:
            return
        found = [s for s in self.destination["suggestions"] if s["entry"] == entry]
        if len(found) != 1 or "Whoever can forge" not in found[0]["trade_off"] and "Only a server" not in found[0]["trade_off"]:
            faults.append(f"{self.what}: no {entry!r} with a cost in {self.destination['suggestions']!r}")
        for suggestion in self.destination["suggestions"]:
            self.follow(suggestion["entry"])

    def follow(self, entry):
        key, _, value = entry.partition(" ")
        if key != self.destination["nexthop"] or not value.startswith("secure match="):
            faults.append(f"{self.what}: suggests {entry!r}")
        args = self.args[:4] + self.args[6:]
        done = run(*args, "--entry", value, "--quiet")
        if done.returncode != 0 or "authenticated" not in done.stdout:
            faults.append(f"{self.what}: {entry!r} was suggested, and then: {done.stdout!r} {done.stderr!r}")


def fastmail(chains):
    """The certificate has the provider's names, and level secure asks for the destination's."""
    for version, (word, code) in WORDINGS.items():
        case = Case(chains, version, "fastmail.fm", "in1-smtp.messagingengine.com", "fastmail.pem")
        case.expect(2, ["fastmail.fm", ".fastmail.fm"], {**NOT_VERIFIED, "log_word": word, "certificate_names": FASTMAIL})
        case.expect_suggestion("fastmail.fm secure match=.messagingengine.com")
        if case.destination is None:
            continue
        (row,) = case.destination["servers"]
        expect(f"{case.what}: error", row["verify_error"]["code"], code)
        log = "\n".join(row["log_lines"])
        expect(f"{case.what}: num=62 in the log", "num=62:hostname mismatch" in log, code == 62)
        expect(f"{case.what}: deferral in the log", "dsn=4.7.5, status=deferred (Server certificate not verified)" in log, True)
        text = run(*case.args).stdout
        for words in (f"{word}, deferred 4.7.5 (Server certificate not verified)", "any name below fastmail.fm",
                      "*.messagingengine.com", "fastmail.fm secure match=.messagingengine.com", "its cost"):
            expect(f"{case.what}: {words!r} in the text", words in text, True)


def hearst(chains):
    """A certificate with a common name alone; the asker's match= names it."""
    for version, (word, code) in WORDINGS.items():
        place = (chains, version, "hearst.com", "mxa.gslb.pphosted.com", "hearst.pem")
        case = Case(*place)
        case.expect(2, ["hearst.com", ".hearst.com"],
                    {**NOT_VERIFIED, "log_word": word, "certificate_names": ["gslb.pphosted.com"]})
        case.expect_suggestion("hearst.com secure match=gslb.pphosted.com")
        if case.destination:
            expect(f"{case.what}: error", case.destination["servers"][0]["verify_error"]["code"], code)
        name = "gslb.pphosted.com"
        Case(*place, name).expect(0, [name], {**DELIVERED, "matched": {"pattern": name, "reference": name, "name": name}})


def facebook(chains):
    """The certificate has the destination's own names: nothing to add."""
    for version in WORDINGS:
        case = Case(chains, version, "facebook.com", "msgin.t.facebook.com", "facebook.pem")
        case.expect(0, ["facebook.com", ".facebook.com"], DELIVERED)
        if case.destination:
            expect(f"{case.what}: suggestions", case.destination["suggestions"], [])


def without_trust(chains):
    """The same names behind a CA that Postfix does not have: no match= helps, and none is Verified."""
    args = ["--nexthop", "facebook.com", "--mx", "msgin.t.facebook.com", "--level", "secure", "--chain", chains / "facebook.pem"]
    for version in WORDINGS:
        found, _ = report(*args, "--postfix-version", version)
        if found:
            expect_fields(f"no CA, {version}", found["destinations"][0]["servers"][0],
                          {"log_word": "Untrusted", "delivery": "deferred", "dsn": "4.7.5"})


def readme(chains):
    """The README shows what the program says, line by line."""
    fastmail_args = ["--nexthop", "fastmail.fm", "--mx", "in1-smtp.messagingengine.com", "--chain", chains / "fastmail.pem"]
    hearst_args = ["--nexthop", "hearst.com", "--mx", "mxa.gslb.pphosted.com", "--chain", chains / "hearst.pem", "--quiet"]
    facebook_args = ["--nexthop", "facebook.com", "--mx", "msgin.t.facebook.com", "--chain", chains / "facebook.pem", "--quiet"]
    old = ["--postfix-version", "2.11.0"]
    runs = [[*fastmail_args, *old], [*fastmail_args, "--postfix-version", "3.7.11"], [*fastmail_args, "--postfix-version", "3.10.5"],
            [*facebook_args, *old], [*hearst_args, *old, "--match", "gslb.pphosted.com"], [*hearst_args, *old]]
    said = {line for args in runs for line in run(*args, "--level", "secure", "--ca-file", chains / "ca.pem").stdout.splitlines()}
    text = (SOURCE / "README.md").read_text()
    section = text[text.index("## My policy says secure"):text.index("## The whole policy table")]
    shown = [line for block in section.split("```\n")[1::2] for line in block.splitlines() if line.strip() not in ("", "...")]
    expect("the README has the example", len(shown) > 20, True)
    for line in shown:
        if line not in said:
            faults.append(f"the README shows what is not said: {line!r}")


def configuration(folder):
    """The asker's files, on a machine that is not his: no name server answers here, and nothing is looked up."""
    if pathlib.Path("/etc/postfix/tls_policy").exists():  # would be read, for so main.cf says
        main_cf = folder / "main.cf"
        main_cf.write_text(main_cf.read_text().replace("hash:/etc/postfix/tls_policy", "hash:/nonexistent/tls_policy"))
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    for how in ([], ["--without-postfix"], ["--postfix-version", "2.11.0"], ["--without-postfix", "--postfix-version", "2.11.0"]):
        found, done = report("--config-dir", folder, *how, "--resolver", "127.0.0.1@9", "--timeout", "5")
        what = f"the asker's configuration {how}"
        expect(f"{what}: complaints", done.stderr, "")
        if found is None:
            continue
        rows = {row["key"]: row for row in found["destinations"]}
        expect(f"{what}: entries", list(rows), ["facebook.com", "hearst.com", "fastmail.fm"])
        expect(f"{what}: levels", {row["level"] for row in rows.values()}, {"secure"})
        expect(f"{what}: lines", [row["line"] for row in rows.values()], [2, 3, 4])
        expect(f"{what}: match of hearst.com", rows["hearst.com"]["match"], ["gslb.pphosted.com"])
        expect(f"{what}: undecided", {row["status"] for row in rows.values()}, {"unknown"})
        expect(f"{what}: dead, refused or weak entries",
               [found["table"][kind] for kind in ("dead", "fails", "weakens_default", "unknown_attributes")], [[], [], [], []])
        told = {f["id"]: f for f in found["findings"]}
        for id_ in ("ca-unreadable", "protocols-old"):
            expect(f"{what}: {id_} told", id_ in told, True)
        cas = told.get("ca-unreadable", {"subject": "", "text": ""})
        expect(f"{what}: where smtp_tls_CApath stands", "main.cf:" in cas["subject"], True)
        expect(f"{what}: its name", cas["text"].split(" ")[0], "smtp_tls_CApath")
    expect("the files", {f.name: f.read_bytes() for f in folder.iterdir()}, before)


def evidence(folder):
    """What --save keeps can be handed on: the policy, and nothing of main.cf that it does not stand on."""
    with (folder / "main.cf").open("a") as main_cf:
        main_cf.write("users_bind_pw = s3cret\nbase_level = may\nsmtp_tls_security_level = ${base_level}\n")
    for how in ([], ["--without-postfix"]):
        file = folder / f"evidence{len(how)}.json"
        live, _ = report("--config-dir", folder, *how, "--resolver", "127.0.0.1@9", "--timeout", "5", "--save", file)
        again, done = report("--replay", file)
        expect(f"replay {how}: complaints", done.stderr, "")
        expect(f"replay {how}", again, live)
        kept = file.read_text()
        expect(f"evidence {how}: password kept", "s3cret" in kept, False)
        expect(f"evidence {how}: macro kept", '"base_level"' in kept, True)


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    subprocess.run([SOURCE / "scripts/example-chains", work], check=True)
    for part in (fastmail, hearst, facebook, without_trust, readme):
        part(work)
    copy = pathlib.Path(shutil.copytree(SOURCE / "tests/tools/seed-002", work / "postfix"))
    configuration(copy)
    evidence(copy)
print("\n".join(faults) or "the question is answered")
sys.exit(bool(faults))
