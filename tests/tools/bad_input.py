#!/usr/bin/python3
"""Bad input of any kind: exit 3, one error line and a hint on standard error, nothing on standard output.

usage: bad_input.py PATH-OF-TLSA-CHECK"""
import os
import pathlib
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
    """(what, arguments, words that the error line must contain)"""
    good = ["--chain", f"{d}/cert.pem", "--tlsa", RECORD, "--name", "mx.example.test"]

    def tlsa(text):
        return ["--chain", f"{d}/cert.pem", "--tlsa", text, "--name", "mx.example.test"]

    def chain(name):
        return ["--chain", f"{d}/{name}", "--tlsa", RECORD, "--name", "mx.example.test"]

    yield "nothing", [], "no domain"
    yield "unknown option", ["--frobnicate", "example.test"], "frobnicate"
    yield "option without value", ["example.test", "--port"], "port"
    for text in ("3 1 1 abc", "3 1 1 xy", "3 1 1", "3 1", "", "256 1 1 ab", "3 999 1 ab", "3 1 -1 ab", "DANE-XX SPKI SHA2-256 ab",
                 r"\# 35 0301", "three one one ab", "3 1 1 \x1b[31mab"):
        yield f"TLSA text {text[:20]!r}", tlsa(text), "--tlsa"
    for name in ("missing.pem", "empty.pem", "junk.pem", "text.pem", "truncated.pem", "damaged.pem", "many.pem", "keyonly.pem",
                 "trailing.der", "cut.der", "folder"):
        yield f"chain {name}", chain(name), name
    for name in ("a..b", ".example.test" + "." , "x" * 64 + ".test", ".".join(["abcdefg"] * 40), "192.0.2.1", "[192.0.2.1]", "2001:db8::1",
                 "exa mple.test", "exa\x1bmple.test", "", "\u2603\u0301-" * 100, "a\tb.test"):
        yield f"domain {name[:20]!r}", [name], "domain"
        yield f"name {name[:20]!r}", good[:4] + ["--name", name], "--name"
    yield "first name with a dot", good[:4] + ["--name", ".example.test"], "base domain"
    yield "port 0", ["example.test", "--port", "0"], "port"
    yield "port 70000", ["example.test", "--port", "70000"], "port"
    yield "port text", ["example.test", "--port", "smtp"], "port"
    yield "host port", ["--host", "example.test:99999"], "port"
    yield "odd port without protocol", ["--host", "example.test:4711"], "4711"
    yield "protocol", ["--host", "example.test:25", "--starttls", "gopher"], "gopher"
    yield "timeout 0", ["example.test", "--timeout", "0"], "timeout"
    yield "timeout nan", ["example.test", "--timeout", "nan"], "timeout"
    yield "timeout text", ["example.test", "--timeout", "soon"], "timeout"
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
    yield "tlsa alone", ["--tlsa", RECORD], "--chain"
    yield "chain alone", ["--chain", f"{d}/cert.pem"], "--tlsa"
    yield "no name", ["--chain", f"{d}/cert.pem", "--tlsa", RECORD], "--name"
    yield "key alone", ["example.test", "--key", f"{d}/key.pem"], "--cert"
    yield "locked key", ["example.test", "--cert", f"{d}/cert.pem", "--key", f"{d}/locked.pem"], "locked.pem"
    yield "cert missing", ["example.test", "--cert", f"{d}/missing.pem"], "missing.pem"
    yield "authority", ["example.test", "--cert", f"{d}/cert.pem", "--authority", "ns1"], "authority"
    yield "profile", good + ["--profile", "web"], "web"
    yield "days", ["example.test", "--days", "-1"], "days"


def judge(what, args, words):
    began = time.monotonic()
    done = subprocess.run([TOOL, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    took = time.monotonic() - began
    err = done.stderr.decode(errors="replace")
    lines = err.splitlines()
    if done.returncode != 3:
        yield f"exit {done.returncode}"
    if done.stdout:
        yield f"standard output: {done.stdout[:100]!r}"
    if not lines or not lines[0].startswith("tlsa-check: error: "):
        yield f"no error line: {err[:200]!r}"
    if len(lines) != 2 or not lines[-1].startswith("tlsa-check: hint: "):
        yield f"not one error line and one hint: {lines}"
    if words.lower() not in err.lower():
        yield f"{words!r} is not named: {err[:200]!r}"
    if any(ord(c) < 32 and c != "\n" for c in err):
        yield f"control characters: {err!r}"
    if any(len(line) > 1300 for line in lines):
        yield "an endless line"
    if took > 20:
        yield f"took {took:.0f} s"


def main():
    failed = total = 0
    with tempfile.TemporaryDirectory() as folder:
        d = pathlib.Path(folder)
        make_files(d)
        for what, args, words in rows(d):
            total += 1
            for fault in judge(what, args, words):
                failed += 1
                print(f"{what}: {fault}")
    print(f"{total} kinds of bad input, {failed} faults")
    return 1 if failed or total < 60 else 0


sys.exit(main())
