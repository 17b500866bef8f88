#!/usr/bin/python3
"""Input that does not end: a FIFO, standard input or a terminal without a writer is waited for until --timeout, no
longer; a late writer is waited for.

usage: slow_input.py PATH-OF-TLSA-CHECK"""
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import threading
import time

TOOL = sys.argv[1]
LONGEST = 30  # seconds, for a limit of one, on a machine with other things to do
faults = []


def run(args, stdin=subprocess.DEVNULL):
    began = time.monotonic()
    done = subprocess.run([TOOL, *map(str, args)], stdin=stdin, capture_output=True, text=True, timeout=120)
    return done, time.monotonic() - began


def bounded(what, args, named, stdin=subprocess.DEVNULL):
    done, took = run([*args, "--timeout", "1"], stdin)
    lines = done.stderr.splitlines()
    fine = (done.returncode == 3 and not done.stdout and len(lines) == 2 and str(named) in lines[0] and "in time" in lines[0]
            and "--timeout" in lines[1] and 1 <= took < LONGEST)
    if not fine:
        faults.append(f"{what}: exit {done.returncode} after {took:.1f} s, {done.stderr!r}")


def passes(what, args, stdin=subprocess.DEVNULL):
    done, took = run([*args, "--timeout", "60"], stdin)
    if done.returncode != 0 or "verified" not in done.stdout:
        faults.append(f"{what}: exit {done.returncode} after {took:.1f} s, {done.stdout!r} {done.stderr!r}")


def write_late(path_or_fd, data):
    def write():
        time.sleep(0.3)
        with open(path_or_fd, "wb") as out:
            out.write(data[:100])
            out.flush()
            time.sleep(0.3)
            out.write(data[100:])

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def main(folder):
    key, cert, fifo = folder / "key.pem", folder / "cert.pem", folder / "fifo"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                    "-subj", "/CN=mx.example.test", "-addext", "subjectAltName=DNS:mx.example.test", "-days", "30"], check=True, stderr=subprocess.DEVNULL)
    spki = subprocess.run(f"openssl x509 -in {cert} -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum", shell=True, check=True,
                          capture_output=True, text=True).stdout.split()[0]
    os.mkfifo(fifo)
    offline = ["--tlsa", f"3 1 1 {spki}", "--name", "mx.example.test"]
    no_dns = ["example.test", "--resolver", "127.0.0.1@9"]

    bounded("--chain FIFO", ["--chain", fifo, *offline], fifo)
    bounded("--ca-file FIFO", ["--chain", cert, *offline, "--ca-file", fifo], fifo)
    bounded("--cert FIFO", [*no_dns, "--cert", fifo], fifo)
    bounded("--key FIFO", [*no_dns, "--cert", cert, "--key", fifo], fifo)
    bounded("--ca-file FIFO, live", [*no_dns, "--ca-file", fifo], fifo)
    bounded("--replay FIFO", ["--replay", fifo], fifo)
    reader, writer = os.pipe()
    bounded("--chain - from a pipe", ["--chain", "-", *offline], "standard input", reader)
    bounded("--replay - from a pipe", ["--replay", "-"], "standard input", reader)
    os.close(reader)
    os.close(writer)
    terminal, end = pty.openpty()
    bounded("--chain - from a terminal", ["--chain", "-", *offline], "standard input", end)
    os.close(end)
    os.close(terminal)
    half = os.open(fifo, os.O_RDWR)
    os.write(half, cert.read_bytes()[:200])
    bounded("a writer that stops", ["--chain", fifo, *offline], fifo)
    os.close(half)

    late = write_late(fifo, cert.read_bytes())
    passes("a late writer", ["--chain", fifo, *offline])
    late.join()
    reader, writer = os.pipe()
    late = write_late(writer, cert.read_bytes())
    passes("late standard input", ["--chain", "-", *offline], reader)
    late.join()
    os.close(reader)


with tempfile.TemporaryDirectory() as name:
    main(pathlib.Path(name))
print("\n".join(faults) or "slow input is bounded, late input is read")
sys.exit(bool(faults))
