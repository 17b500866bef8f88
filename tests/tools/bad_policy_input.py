#!/usr/bin/python3
"""Malformed tables, main.cf and command lines: never a crash, never silence, but file and line, effect and remedy.

usage: bad_policy_input.py PATH-OF-TLS-POLICY-CHECK"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOOL = sys.argv[1]
KEY = "[127.0.0.1]:9"  # asks no DNS, and nobody listens there
LIVE = ["--resolver", "127.0.0.1@9", "--timeout", "5"]
TABLE = "smtp_tls_policy_maps = texthash:$config_directory/tab\ncompatibility_level = 3.6\n"
LONG = "x" * 100_000
HAS_POSTFIX = bool(shutil.which("postmap", path="/usr/sbin:/usr/bin"))
WITHOUT = "--without-postfix"
BROKEN_ENTRIES = (
    ("unknown attribute", "secure bogus=1", 'invalid attribute name: "bogus"'),
    ("attribute twice", "secure ciphers=high ciphers=high", 'attribute "ciphers" is specified multiple times'),
    ("empty attribute", "secure match=", 'attribute "match" has empty value'),
    ("attribute without value", "secure match", "missing '=' after attribute name"),
    ("no such level", "securest", 'invalid security level "securest"'),
    ("level of the log alone", "half-dane", 'invalid security level "half-dane"'),
    ("match where none is compared", "encrypt match=x", 'attribute "match" invalid at security level "encrypt"'),
    ("no host name", "secure servername=a..b", "servername"),
    ("neither yes nor no", "secure connection_reuse=maybe", "connection_reuse"),
    ("commas in a value", "encrypt protocols=TLSv1.2,TLSv1.3", 'malformed attribute/value pair "TLSv1.3"'),
    ("control characters", "sec\x1b[31mure", "invalid security level"),
    ("a NUL octet", "sec\0ure", 'invalid security level "sec"'),
    ("octets of no character set", b"sec\xff\xfeure", "not UTF-8"),
    ("an endless level", LONG, "invalid security level"),
    ("tafile that is not there", "secure tafile=/no/such/file", "error opening trust anchor file: /no/such/file"),
    ("tafile that is a folder", "secure tafile=/etc", "client TLS configuration problem"),
)


class Folder:
    """Configurations, each in a folder of its own."""

    def __init__(self, directory):
        self.directory, self.count = directory, 0

    def make(self, main=TABLE, tab=f"{KEY} may\n", **files):
        self.count += 1
        folder = self.directory / f"c{self.count}"
        folder.mkdir()
        for name, content in {"main.cf": main, "tab": tab, **files}.items():
            if content == "folder":
                (folder / name).mkdir()
            elif content == "fifo":
                os.mkfifo(folder / name)
            elif content is not None:
                (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        for file in folder.iterdir():  # postmap waits a second with a table that has just been written
            os.utime(file, (time.time() - 60,) * 2)
        return folder


def entries():
    for what, entry, words in BROKEN_ENTRIES:
        entry = entry if isinstance(entry, bytes) else entry.encode()
        broken = f"# first\n{KEY} ".encode() + entry + b"\n"
        yield what, {"tab": broken}, "tab:2", words, "waits|ignores the line"


def tables():
    yield "a key twice", {"tab": f"{KEY} may\n{KEY} secure\n"}, "tab:2", "duplicate entry", "every lookup in it fails"
    yield "a key alone", {"tab": f"{KEY} may\nalone\n"}, "tab:2", "expected format: key whitespace value", "ignoring"
    yield "an open quotation mark", {"tab": '"open may\n'}, "tab:1", "unbalanced", "ignoring"
    yield "a line that continues nothing", {"tab": f"  {KEY} may\n"}, "tab:1", "must not start with whitespace", "ignores"
    yield "binary octets", {"tab": bytes(range(256)) * 20}, "tab:1", "NUL octet", "ignores"
    yield "a line of 3 MB", {"tab": f"{KEY} may\nlong secure match={'x' * 3_000_000}\n"}, "tab:2", "more than 1048576 octets", "leaves"
    yield "a table that is a folder", {"tab": "folder"}, "tab", "Is a directory", "defers all mail"
    yield "a table that is not there", {"tab": None}, "tab", "No such file", "defers all mail"
    yield "a FIFO without a writer", {"tab": "fifo"}, "tab", "was not read", "not known"
    yield "thousands of broken lines", {"tab": "x\n" * 20_000}, "tab:1", "more than 1000 lines", "right file"


def main_files():
    def row(what, lines, place, words, effect):
        return what, {"main": TABLE + lines}, place, words, effect

    yield row("no equals sign", "foo bar\n", "main.cf:3", "missing '='", "ends at its start")
    yield row("a parameter without a name", "= x\n", "main.cf:3", "missing attribute name", "ends at its start")
    yield row("no such level", "smtp_tls_security_level = mya\n", "main.cf:3", 'Invalid TLS level "mya"', "ends at its start")
    yield row("a NUL octet", "smtp_tls_security_level = ma\0y\n", "main.cf:3", "NUL octet", "ignores")
    yield row("a loop", "smtp_tls_ciphers = $a\na = $b\nb = $a\n", "main.cf:3", "unreasonable macro call nesting", "ends")
    yield row("a parameter of itself", "smtp_tls_security_level = $smtp_tls_security_level\n", "main.cf:3", "nesting", "ends")
    yield row("an open brace", "smtp_tls_security_level = ${foo\n", "main.cf:3", "truncated macro reference", "ends")
    yield row("a relation with an open brace", "smtp_tls_ciphers = ${{$a} == {b ? {c} : {d}}\n", "main.cf:3", "macro", "ends")
    yield row("what doubles forty times", "".join(f"v{i} = $v{i + 1}$v{i + 1}\n" for i in range(40)) +
              "v40 = x\nsmtp_tls_ciphers = $v0\n", "main.cf:44", "too much text", "Postfix would go on")
    yield row("set twice", "smtp_tls_ciphers = high\nsmtp_tls_ciphers = low\n", "main.cf:4", "overriding earlier entry", "The last setting")
    yield row("no number", "smtp_tls_scert_verifydepth = many\n", "main.cf:3", "bad numerical configuration", "")
    yield row("neither yes nor no", "smtp_tls_wrappermode = maybe\n", "main.cf:3", "maybe", "")
    yield row("no compatibility level", "compatibility_level = new\n", "main.cf:3", "malformed compatibility level", "")
    yield row("a CAfile that is not there", "smtp_tls_CAfile = /no/such/file\n", "main.cf:3", "/no/such/file", "no TLS at all")
    yield "a CAfile that is a pipe", {"main": TABLE + "smtp_tls_CAfile = $config_directory/pipe\n", "pipe": "fifo"}, "main.cf:3", "it is a pipe", "was not read"
    yield row("a CAfile that is a folder", "smtp_tls_CAfile = /etc\n", "main.cf:3", "Is a directory", "no TLS at all")
    yield "binary octets", {"main": bytes(range(256)) * 4}, "main.cf:1", "missing attribute name", "ends at its start"
    yield "a static map of no level", {"main": "smtp_tls_policy_maps = static:securest\n"}, "main.cf:1", 'invalid security level "securest"', "waits"
    yield "a static map with an open brace", {"main": "smtp_tls_policy_maps = static:{may\n"}, "static:", "missing '}'", "defers all mail"
    yield row("a digest that there is not", "smtp_tls_fingerprint_digest = bogus\n", "main.cf:3", "no digest that OpenSSL has", "no TLS at all")
    yield row("no curves", "tls_eecdh_auto_curves =\n", "main.cf:3", "bad string length 0 < 1: tls_eecdh_auto_curves", "ends at its start")
    yield row("no lookup at all", "smtp_host_lookup = dsn\n", "main.cf:3", 'unknown smtp_host_lookup value "dsn" in "dsn"', "all mail waits")
    yield "an option without a value", {"master.cf": "smtp unix - - n - - smtp -o smtp_tls_ciphers\n"}, "master.cf:1", "missing '=' after attribute name", "mail for it waits"
    yield "master.cf that never ends", {"master.cf": "fifo"}, "master.cf", "did not come in time", "not known"


def maps_of_postmap():
    """(what, files, place, words, effect, and what is said without postmap)"""
    for name, words in (("frobnicate:/x", "unsupported dictionary type: frobnicate"), ("inline:{ a=b", "bad syntax"),
                        ("regexp:/no/such/file", "No such file"), ("cidr:/no/such/file", "No such file")):
        yield f"map {name}", {"main": f"smtp_tls_policy_maps = {name}\n"}, name, words, "defers all mail"
    yield "a bad expression", {"main": TABLE.replace("texthash", "regexp"), "tab": "/([/ may\n"}, "tab, line 1", "Invalid regular expression", "goes on"


def run(args, limit=60, tool=TOOL, **options):
    return subprocess.run([tool, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, **options)


def common_faults(done, began):
    if done.returncode not in range(4):
        yield f"exit {done.returncode}: {done.stderr[-300:]!r}"
    said = (done.stdout + done.stderr).decode(errors="replace")
    if "internal" in said.lower() or "runtime error" in said or "Sanitizer" in said:
        yield f"an internal error: {said[-300:]!r}"
    if any(ord(c) < 32 and c != "\n" for c in said):
        yield "control characters"
    if time.monotonic() - began > 30:
        yield "took more than 30 s"


def judge_files(folder, mode, place, words, effect):
    began = time.monotonic()
    done = run(["--format", "json", "--config-dir", folder, *mode, *LIVE, KEY])
    yield from common_faults(done, began)
    try:
        findings = json.loads(done.stdout)["findings"]
    except ValueError:
        yield f"no report: {done.stderr[:300]!r}"
        return
    about = [f for f in findings if words.lower() in f["text"].lower()]
    if not about:
        yield f"{words!r} is not said: {[f['text'][:120] for f in findings]}"
    elif not any(place in f["subject"] + f["text"] for f in about):
        yield f"{place!r} is not named: {[(f['subject'], f['text'][:200]) for f in about]}"
    elif not any(re.search(effect, f["text"]) for f in about):
        yield f"the effect {effect!r} is not said: {[f['text'] for f in about]}"
    if any(not f["advice"] for f in about if f["severity"] != "note"):
        yield "no remedy"
    if done.returncode == 0:
        yield "exit 0"


def not_read(folder):
    """Without postmap it is not known what Postfix finds, and nothing else may be said."""
    done = run(["--format", "json", "--config-dir", folder, WITHOUT, *LIVE, KEY])
    report = json.loads(done.stdout)
    row, ids = report["destinations"][0], {f["id"] for f in report["findings"]}
    if done.returncode not in (2, 3) or "policy-table-not-read" not in ids or "policy-table-lookup-failed" in ids or row["delivery"]:
        yield f"without postmap: exit {done.returncode}, {ids}, {row['verdict']}"


def judge_line(args, words):
    began = time.monotonic()
    done = run(args)
    yield from common_faults(done, began)
    lines = done.stderr.decode(errors="replace").splitlines()
    if done.returncode != 3 or done.stdout:
        yield f"exit {done.returncode}, output {done.stdout[:200]!r}"
    if len(lines) != 2 or not lines[0].startswith("tls-policy-check: error: ") or not lines[1].startswith("tls-policy-check: hint: "):
        yield f"not one error line and one hint: {lines}"
    if words.lower() not in "\n".join(lines).lower():
        yield f"{words!r} is not named: {lines}"
    if any(len(line) > 1300 for line in lines):
        yield "an endless line"


def make_chains(d):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d / "key.pem",
                    "-out", d / "cert.pem", "-subj", "/CN=mx.example.test", "-days", "30"], check=True, stderr=subprocess.DEVNULL)
    pem = (d / "cert.pem").read_text()
    for name, content in (("empty.pem", ""), ("text.pem", "no certificate\n" * 50), ("truncated.pem", pem[:len(pem) // 2]),
                          ("damaged.pem", pem.replace(pem.splitlines()[3], "A" * 64)), ("many.pem", pem * 10000),
                          ("keyonly.pem", (d / "key.pem").read_text()), ("request-empty", ""), ("request-junk", "{]"),
                          ("request-schema", '{"schema": "dane-evidence/99"}'), ("request-fields", '{"schema": "dane-evidence/1"}'),
                          ("request-deep", "[" * 200_000)):
        (d / name).write_text(content)
    (d / "junk.pem").write_bytes(os.urandom(5000))
    (d / "folder").mkdir()
    os.mkfifo(d / "fifo")


def command_lines(d, config):
    offline = {"--nexthop": "example.test", "--mx": "mx.example.test", "--level": "secure", "--chain": f"{d}/cert.pem"}

    def case(**changes):
        values = {**offline, **{"--" + k.replace("_", "-"): v for k, v in changes.items()}}
        return [word for option, value in values.items() if value is not None for word in (option, value)]

    live = ["--config-dir", str(config), *LIVE]
    yield ["--frobnicate"], "frobnicate"
    for option in ("--config-dir", "--policy-table", "--service", "--postfix-version", "--ca-file", "--sts-policy", "--nexthop", "--mx",
                   "--level", "--match", "--entry", "--chain", "--tlsa", "--mx-secure", "--fingerprint-digest", "--resolver", "--validator", "--trust-anchor",
                   "--timeout", "--at", "--save", "--replay", "--format", "--color"):
        yield [option], f"{option} needs a value"
        yield [f"{option}="], f"{option}= has no value"
    for option in ("nexthop", "mx", "level", "chain"):
        yield case(**{option: None}), f"--{option} is missing"
    for option in ("nexthop", "mx", "level", "chain", "tlsa", "mx_secure", "postfix_version"):
        name = "--" + option.replace("_", "-")
        for value in ("", LONG, "\x1b[31m", "\u2603\u0301-" * 100, "a b", "-1", "[", "{}"):
            if (option, value) != ("mx", "-1"):  # a name like others to DNS
                yield case(**{option: value}), ""
    for value, words in (("3.7.x", "version"), ("2.5.0", "2.6"), ("4", "version"), ("999999999999.1", "version")):
        yield case(postfix_version=value), words
    yield case(entry="secure"), "--entry contradicts --level"
    yield case(level=None, entry="secure", match="x"), "--match contradicts --entry"
    yield case(level="encrypt", match="x"), "compares no names"
    yield case(match=""), "--match"
    yield case(mx_secure="maybe"), "neither yes nor no"
    yield case(fingerprint_digest="sha257"), "--fingerprint-digest"
    yield case(tlsa="_25._tcp.other.test. IN TLSA 3 1 1 " + "ab" * 32), "_25._tcp.mx.example.test"
    yield case(config_dir=str(config)), "--config-dir"
    yield [*case(), "example.test"], "a next-hop without an option"
    for option in ("--without-postfix", "-4", "-6", "--tls-required-no"):
        yield [*case(), option], option
    for name in ("missing.pem", "empty.pem", "junk.pem", "text.pem", "truncated.pem", "damaged.pem", "many.pem", "keyonly.pem", "folder"):
        yield case(chain=f"{d}/{name}"), name
        yield case(ca_file=f"{d}/{name}") if name != "many.pem" else case(ca_file=f"{d}/text.pem"), ".pem" if name != "folder" else name
    yield [*case(chain=f"{d}/fifo"), "--timeout", "1"], "fifo"
    for text in ("3 1 1 abc", "3 1", "256 1 1 ab", "3 1 1 \x1b[31mab"):
        yield case(tlsa=text), "--tlsa"
    yield [*live, "-4", "-6"], "-4 contradicts -6"
    yield ["--config-dir", "/no/such/folder"], "/no/such/folder/main.cf"
    yield ["--config-dir", f"{d}/cert.pem"], "cert.pem"
    yield [*live, "--service", "nonesuch"], "nonesuch"
    for name in ("missing", "folder"):
        yield [*live, "--policy-table", f"{d}/{name}"], name
        yield [*live, "--sts-policy", f"{d}/{name}"], name
        yield [*live, "--ca-file", f"{d}/{name}"], name
        yield [*live, "--trust-anchor", f"{d}/{name}", "--validator", "unbound"], name
    yield [*live, "--policy-table", f"{d}/fifo", "--timeout=1"][:2] + ["--policy-table", f"{d}/fifo", "--timeout", "1"], "fifo"
    yield [*live, "--sts-policy", f"{d}/text.pem"], "text.pem"
    for nexthop in ("", "a..b", "[", "[]:25", "a:99999", LONG, "a b", "\x1b[31m"):
        yield [*live, nexthop], ""
    for path in (f"{d}/no/such/file", f"{d}/folder"):
        yield [*live, KEY, "--save", path], "--save"
    for name in ("missing", "folder", "cert.pem", "request-empty", "request-junk", "request-schema", "request-fields", "request-deep"):
        yield ["--replay", f"{d}/{name}"], name
    for more in (["example.test"], ["--config-dir", str(config)], ["--policy-table", "x"], ["-4"], ["--postfix-version", "3.7"],
                 ["--resolver", "127.0.0.1"], ["--save", f"{d}/x"]):
        yield ["--replay", f"{d}/request-junk", *more], "contradict"


def unreadable(folders):
    """As somebody who may not read the files."""
    if os.geteuid() != 0:
        return
    tool = folders.make() / "tool"  # where that user may run it, wherever the build is
    shutil.copy(TOOL, tool)
    tool.chmod(0o755)
    for name, status in (("main.cf", 3), ("tab", 3)):
        folder = folders.make()
        (folder / name).chmod(0)
        for mode in ([], [WITHOUT]):
            done = run(["--config-dir", folder, *mode, *LIVE, KEY], tool=tool, user=65534, group=65534,
                       extra_groups=[])
            said = (done.stdout + done.stderr).decode()
            if done.returncode != status or "Permission denied" not in re.sub(r"\s+", " ", said) or name not in said:
                yield f"unreadable {name} {mode}: exit {done.returncode}, {said[:300]!r}"


def main():
    total, faults = 0, []
    modes = [[], [WITHOUT]] if HAS_POSTFIX else [[WITHOUT]]
    with tempfile.TemporaryDirectory() as name:
        d = pathlib.Path(name)
        d.chmod(0o755)
        folders = Folder(d)
        make_chains(d)
        for what, files, *expected in (*entries(), *tables(), *main_files()):
            for mode in modes:
                total += 1
                faults += [f"{what} {mode}: {fault}" for fault in judge_files(folders.make(**files), mode, *expected)]
        for what, files, *expected in maps_of_postmap():
            folder = folders.make(**files)
            total += 1
            if HAS_POSTFIX:
                faults += [f"{what}: {fault}" for fault in judge_files(folder, [], *expected)]
            faults += [f"{what}: {fault}" for fault in not_read(folder)]
        for args, words in command_lines(d, folders.make()):
            total += 1
            faults += [f"{[a[:60] for a in args]}: {fault}" for fault in judge_line(args, words)]
        faults += unreadable(folders)
    print("\n".join([*faults, f"{total} kinds of bad input, {len(faults)} faults"]))
    return 1 if faults or total < 200 else 0


sys.exit(main())
