#!/usr/bin/python3
"""Bad input of any kind: exit 3, one error line and a hint on standard error, nothing on standard output.

usage: bad_input.py PATH-OF-TLSA-CHECK"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOOL = sys.argv[1]
RECORD = "3 1 1 " + "ab" * 32


def openssl(*args, **kwargs):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)


def make_files(d):
    key, cert = d / "key.pem", d / "cert.pem"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
            "-out", cert, "-subj", "/CN=mx.example.test", "-addext", "subjectAltName=DNS:mx.example.test", "-days", "30")
    pem = cert.read_text()
    (d / "empty.pem").write_text("")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d / "ca.key", "-out", d / "root.pem",
            "-subj", "/CN=Root", "-days", "30")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d / "mid.key", "-out", d / "mid.csr",
            "-subj", "/CN=Middle")
    (d / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\n")
    openssl("x509", "-req", "-in", d / "mid.csr", "-CA", d / "root.pem", "-CAkey", d / "ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", d / "ca.ext", "-out", d / "chain-only.pem")
    (d / "reversed.pem").write_text((d / "root.pem").read_text() + (d / "chain-only.pem").read_text())
    (d / "junk.pem").write_bytes(os.urandom(5000))
    (d / "text.pem").write_text("this is no certificate\n" * 50)
    (d / "truncated.pem").write_text(pem[: len(pem) // 2])
    (d / "damaged.pem").write_text(pem.replace(pem.splitlines()[5], "A" * 64))
    (d / "many.pem").write_text(pem * 10000)
    (d / "keyonly.pem").write_text(key.read_text())
    openssl("x509", "-in", cert, "-outform", "DER", "-out", d / "cert.der")
    (d / "trailing.der").write_bytes((d / "cert.der").read_bytes() + b"xyz")
    (d / "cut.der").write_bytes((d / "cert.der").read_bytes()[:-10])
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes256", "-pass", "pass:x", "-out", d / "locked.pem")
    (d / "evidence-empty").write_text("")
    (d / "evidence-junk").write_text("{]")
    (d / "evidence-schema").write_text('{"schema": "dane-evidence/99"}')
    (d / "evidence-fields").write_text('{"schema": "dane-evidence/1"}')
    (d / "evidence-deep").write_text("[" * 200000)
    (d / "anchor-junk").write_text("hello\n")
    (d / "anchor-empty").write_text("")
    (d / "folder").mkdir()


def rows(d):
    """(what, arguments, words that must be said, and, where it matters, the hint)"""
    good = ["--chain", f"{d}/cert.pem", "--tlsa", RECORD, "--name", "mx.example.test"]

    def tlsa(text):
        return ["--chain", f"{d}/cert.pem", "--tlsa", text, "--name", "mx.example.test"]

    def chain(name):
        return ["--chain", f"{d}/{name}", "--tlsa", RECORD, "--name", "mx.example.test"]

    yield "nothing", [], "no domain"
    yield "unknown option", ["--frobnicate", "example.test"], "frobnicate"
    yield "option without value", ["example.test", "--port"], "--port needs a value"
    yield "option twice", ["example.test", "--port", "25", "--port", "26"], "--port is given more than once"
    for option in ("--save", "--cert", "--key", "--ca-file", "--replay", "--chain", "--host", "--trust-anchor", "--resolver", "--at", "--format",
                   "--validator", "--profile", "--starttls", "--port", "--days", "--timeout"):
        yield f"empty {option}", ["example.test", option, ""], option
        yield f"{option} with nothing behind =", [f"{option}=", "example.test"], f"{option}= has no value"
    for text in ("3 1 1 abc", "3 1 1 xy", "3 1 1", "3 1", "", "256 1 1 ab", "3 999 1 ab", "3 1 -1 ab", "DANE-XX SPKI SHA2-256 ab",
                 r"\# 35 0301", "three one one ab", "3 1 1 \x1b[31mab", "[3 1 1 ab,3 1 1 cd]", "{}"):
        yield f"TLSA text {text[:20]!r}", tlsa(text), "--tlsa"
    yield "a digest with colons", tlsa("3 1 1 AB:CD"), "not hexadecimal", "without colons"
    yield "a certificate as key", ["example.test", "--cert", f"{d}/cert.pem", "--key", f"{d}/cert.pem"], "no key", "private key"
    yield "the issuers alone", chain("chain-only.pem"), "is a CA's, not a server's", "fullchain.pem"
    yield "the issuer first", chain("reversed.pem"), "issued certificate 2", "turn the order"
    yield "the issuers alone as what comes next", ["example.test", "--cert", f"{d}/chain-only.pem"], "is a CA's, not a server's", "fullchain.pem"
    yield "backslashes as they were typed", tlsa(r"\# 35 0301"), r"'\# 35 0301'"
    yield "another type", tlsa("mx.example.test. 3600 IN A 192.0.2.1"), "type is A, not TLSA", "give a TLSA record"
    yield "two records", tlsa(RECORD + "\n" + RECORD), "goes on after the end", "its own --tlsa"
    yield "two records on a line", tlsa(f"IN TLSA {RECORD} IN TLSA {RECORD}"), "more than one record", "its own --tlsa"
    yield "a record of a report", tlsa("3 1 1 8d02536c...c8bd"), "cut short", "--verbose"
    yield "a record without quotes", ["--chain", f"{d}/cert.pem", "--tlsa", *RECORD.split(), "--name", "mx.example.test"], "--tlsa '3'", "in quotes"
    for name in ("missing.pem", "empty.pem", "junk.pem", "text.pem", "truncated.pem", "damaged.pem", "many.pem", "keyonly.pem",
                 "trailing.der", "cut.der", "folder"):
        yield f"chain {name}", chain(name), name
    for name in ("a..b", ".example.test" + "." , "x" * 64 + ".test", ".".join(["abcdefg"] * 40), "192.0.2.1", "[192.0.2.1]", "2001:db8::1",
                 "exa mple.test", "exa\x1bmple.test", "", "\u2603\u0301-" * 100, "a\tb.test", "[a,b]", "[a.test,b.test]", "{}"):
        yield f"domain {name[:20]!r}", [name], "domain"
        yield f"name {name[:20]!r}", good[:4] + ["--name", name], "--name"
    for text, mistake, hint in (
            ("user@example.test", "a mail address", "after the @: example.test"),
            ("https://example.test/x?y", "a URL", "write example.test"),
            ("192.0.2.1", "an IP address", "give the"),
            ("[2001:db8::1]:25", "an IP address", "give the"),
            ("12345", "digits alone", "give the"),
            ("192.0.2.256", "digits alone", "give the"),
            (" example.test", "white space before or behind", "write example.test"),
            ("example.test\n", "white space before or behind", "write example.test")):
        yield f"domain {text!r}", [text], mistake, hint
        yield f"host {text!r}", ["--host", text], mistake, hint
        yield f"name {text!r}", good[:4] + ["--name", text], mistake, hint
    yield "domain with port", ["mx.example.test:25"], "a name and a port", "--host mx.example.test:25"
    yield "name with port", good[:4] + ["--name", "mx.example.test:25"], "a name and a port", "write mx.example.test"
    yield "host as URL with port", ["--host", "https://example.test:443/"], "a URL", "write example.test:443"
    yield "first name with a dot", good[:4] + ["--name", ".example.test"], "base domain"
    yield "port 0", ["example.test", "--port", "0"], "port"
    yield "port 70000", ["example.test", "--port", "70000"], "port"
    yield "port text", ["example.test", "--port", "smtp"], "--port: 'smtp' is no whole number", "from 1 to 65535"
    yield "port and more", ["example.test", "--port", "25x"], "--port: '25x' is no whole number", "from 1 to 65535"
    yield "huge port", ["example.test", "--port", "9" * 40], "out of range", "from 1 to 65535"
    yield "host port", ["--host", "example.test:99999"], "port"
    yield "odd port without protocol", ["--host", "example.test:4711"], "4711"
    yield "protocol", ["--host", "example.test:25", "--starttls", "gopher"], "gopher"
    yield "timeout 0", ["example.test", "--timeout", "0"], "timeout"
    yield "timeout nan", ["example.test", "--timeout", "nan"], "timeout"
    yield "timeout text", ["example.test", "--timeout", "soon"], "--timeout: 'soon' is no number", "between 0.1 and 3600"
    yield "timeout with unit", ["example.test", "--timeout", "5s"], "--timeout: '5s' is no number", "between 0.1 and 3600"
    yield "at", good + ["--at", "tomorrow"], "--at"
    yield "at impossible", good + ["--at", "2026-02-30T00:00:00Z"], "--at"
    yield "format", good + ["--format", "xml"], "xml"
    yield "color", good + ["--color", "green"], "green"
    yield "validator", ["example.test", "--validator", "me"], "me"
    yield "resolver", ["example.test", "--resolver", "ns.example.test"], "resolver"
    yield "resolver port", ["example.test", "--resolver", "127.0.0.1@x"], "resolver"
    yield "ad from afar", ["example.test", "--validator", "ad", "--resolver", "192.0.2.53"], "loopback"
    for name in ("missing", "anchor-junk", "anchor-empty", "folder"):
        yield f"anchor {name}", ["example.test", "--resolver", "127.0.0.1@9", "--trust-anchor", f"{d}/{name}"], name
    for name in ("missing", "evidence-empty", "evidence-junk", "evidence-schema", "evidence-fields", "evidence-deep", "folder", "cert.pem"):
        yield f"replay {name}", ["--replay", f"{d}/{name}"], name
    yield "save to nowhere", ["example.test", "--resolver", "127.0.0.1@9", "--save", f"{d}/no/such/file"], "file"
    yield "both -4 and -6", ["example.test", "-4", "-6"], "contradict"
    yield "host and domain", ["example.test", "--host", "mx.example.test"], "contradict"
    yield "chain and domain", ["example.test"] + good, "contradict"
    yield "chain and replay", good + ["--replay", f"{d}/cert.pem"], "contradict"
    yield "save and replay", ["example.test", "--save", f"{d}/x", "--replay", f"{d}/y"], "contradict"
    yield "ca-file and no-ca", good + ["--ca-file", f"{d}/cert.pem", "--no-ca"], "contradict"
    yield "verbose and quiet", good + ["-v", "-q"], "contradict"
    yield "explain and quiet", good + ["--explain", "-q"], "--explain contradicts --quiet"
    for option, value in (("--resolver", "127.0.0.1"), ("--validator", "unbound"), ("--trust-anchor", "/dev/null")):
        yield f"replay and {option}", ["--replay", f"{d}/missing", option, value], f"{option} contradicts --replay"
        yield f"chain and {option}", good + [option, value], f"{option} contradicts --chain"
    yield "tlsa alone", ["--tlsa", RECORD], "--chain"
    yield "chain alone", ["--chain", f"{d}/cert.pem"], "--tlsa"
    yield "no name", ["--chain", f"{d}/cert.pem", "--tlsa", RECORD], "--name"
    yield "key alone", ["example.test", "--key", f"{d}/key.pem"], "--key without --cert"
    yield "authority alone", ["example.test", "--authority", "::1"], "--authority without --cert"
    yield "authority port alone", ["example.test", "--authority-port", "53"], "--authority-port without --cert"
    yield "authority port", ["example.test", "--cert", f"{d}/cert.pem", "--authority-port", "x"], "--authority-port: 'x'", "from 1 to 65535"
    yield "locked key", ["example.test", "--cert", f"{d}/cert.pem", "--key", f"{d}/locked.pem"], "locked.pem"
    yield "cert missing", ["example.test", "--cert", f"{d}/missing.pem"], "missing.pem"
    yield "authority", ["example.test", "--cert", f"{d}/cert.pem", "--authority", "ns1"], "authority"
    yield "profile", good + ["--profile", "web"], "web"
    yield "days", ["example.test", "--days", "-1"], "--days: '-1' is out of range", "days from 0 to 3650"
    yield "days text", ["example.test", "--days", "x"], "--days: 'x' is no whole number", "days from 0 to 3650"
    yield "days offline", good + ["--days", "3651"], "--days: '3651' is out of range"


def judge(args, words, hint=""):
    began = time.monotonic()
    done = subprocess.run([TOOL, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    took = time.monotonic() - began
    err = done.stderr.decode(errors="replace")
    lines = err.splitlines()
    if done.returncode != 3:
        yield f"exit {done.returncode}"
    if done.stdout:
        yield f"standard output: {done.stdout[:100]!r}"
    if not lines:
        yield "nothing on standard error"
        return
    if not lines[0].startswith("tlsa-check: error: "):
        yield f"no error line: {err[:200]!r}"
    if len(lines) != 2 or not lines[-1].startswith("tlsa-check: hint: "):
        yield f"not one error line and one hint: {lines}"
    if words.lower() not in err.lower():
        yield f"{words!r} is not named: {err[:300]!r}"
    if hint not in lines[-1]:
        yield f"the hint does not say {hint!r}: {lines[-1]!r}"
    if any(ord(c) < 32 and c != "\n" for c in err):
        yield f"control characters: {err!r}"
    if any(len(line) > 1300 for line in lines):
        yield "an endless line"
    if took > 20:
        yield f"took {took:.0f} s"


def monitoring():
    """A plugin says on standard output what went wrong."""
    done = subprocess.run([TOOL, "--format", "nagios", "bad..name|x"], capture_output=True, text=True, timeout=60)
    if done.returncode != 3 or not re.fullmatch(r"TLSA UNKNOWN - [^|\n]+\n", done.stdout):
        yield f"nagios: {done.returncode}, {done.stdout!r}"


def without_descriptors():
    """Too few file descriptors are an error like any other: the lowest numbers at which the program starts at all."""
    for limit in range(4, 24):
        done = subprocess.run(["prlimit", f"--nofile={limit}", TOOL, "-q", "example.test", "--resolver", "127.0.0.1@1", "--timeout", "1"],
                              capture_output=True, text=True, timeout=60)
        if "error while loading shared libraries" in done.stderr:
            continue
        if limit < 7 and "runtime error" in done.stderr:  # UBSan itself needs a pipe to look at memory
            continue
        if done.returncode != 3 or "[warn]" in done.stderr or "[err]" in done.stderr:
            yield f"{limit} descriptors: exit {done.returncode}, {done.stderr[:200]!r}"


def main():
    failed = total = 0
    for fault in (*monitoring(), *without_descriptors()):
        failed += 1
        print(fault)
    with tempfile.TemporaryDirectory() as folder:
        d = pathlib.Path(folder)
        make_files(d)
        for what, *row in rows(d):
            total += 1
            for fault in judge(*row):
                failed += 1
                print(f"{what}: {fault}")
    print(f"{total} kinds of bad input, {failed} faults")
    return 1 if failed or total < 180 else 0


sys.exit(main())
