#!/usr/bin/python3
"""--tlsa takes what people paste: lines of zones, the output of dig, and what tlsa-check itself advises.

usage: pasted_records.py PATH-OF-TLSA-CHECK SOURCE-FOLDER"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOOL, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
HOST = "mx.example.test"
faults = []


def openssl(command, **kwargs):
    return subprocess.run(f"openssl {command}", shell=True, check=True, capture_output=True, **kwargs).stdout


def offline(cert, records, names=(), more=()):
    args = [TOOL, "--chain", cert, *more]
    for record in records:
        args += ["--tlsa", record]
    for name in names:
        args += ["--name", name]
    return subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def expect(what, done, status, word):
    if done.returncode != status or word not in done.stdout + done.stderr:
        faults.append(f"{what}: exit {done.returncode}, {done.stdout!r} {done.stderr!r}")


def pasted_forms(cert, data):
    owner, half = f"_25._tcp.{HOST}.", len(data) // 2
    for what, text in (
            ("a line of a zone", f"{owner} 3600 IN TLSA 3 1 1 {data}"),
            ("dig's answer", f"{owner}\t86400\tIN\tTLSA\t3 1 1 {data[:56].upper()} {data[56:].upper()}"),
            ("parentheses", f"{owner} IN TLSA ( 3 1 1 ; the key\n    {data[:half]}\n    {data[half:]} )"),
            ("generic", rf"{owner} IN TYPE52 \# 35 030101{data}"),
            ("a wildcard", f"*._tcp.{HOST}. TLSA 3 1 1 {data} ; for all ports"),
            ("owner without a dot", f"_25._tcp.{HOST} TLSA DANE-EE SPKI SHA2-256 {data}")):
        expect(what, offline(cert, [text], more=["-q"]), 0, f"{HOST}: Yes")
        expect(what + ", with the name", offline(cert, [text], [HOST.upper() + "."], ["-q"]), 0, f"{HOST}: Yes")
    for what, text in (("the type alone", f"TLSA 3 1 1 {data}"), ("dig +short", f"3 1 1 {data[:56]} {data[56:]}"),
                       ("an owner to which a CNAME leads", f"_dane.example.test. IN TLSA 3 1 1 {data}")):
        expect(what, offline(cert, [text], [HOST], ["-q"]), 0, f"{HOST}: Yes")
        expect(what + ", without a name", offline(cert, [text]), 3, "--name is missing")


def owners(cert, data):
    mine, other = f"_25._tcp.{HOST}. TLSA 3 1 1 {data}", f"_25._tcp.mx2.example.test. TLSA 3 1 1 {data}"
    expect("two hosts", offline(cert, [mine, other]), 3, "different owners")
    wrong = "ab" * 32
    for right, beside in ((data, wrong), (wrong, data)):
        two_ports = [f"_25._tcp.{HOST}. TLSA 3 1 1 {right}", f"_143._tcp.{HOST}. TLSA 3 1 1 {beside}"]
        expect("two ports", offline(cert, two_ports), 3, "different owners")
    for port, proto in (("025", "tcp"), ("99999", "tcp"), ("0", "tcp"), ("smtp", "tcp"), ("25", "udp")):
        expect(f"nobody asks at _{port}._{proto}", offline(cert, [f"_{port}._{proto}.{HOST}. TLSA 3 1 1 {data}"]), 3, "looks for TLSA records")
    expect("no host", offline(cert, [f"_25._tcp. TLSA 3 1 1 {data}"], [HOST]), 3, "looks for TLSA records")
    expect("UDP, where all usages count", offline(cert, [f"_443._udp.{HOST}. TLSA 3 1 1 {data}"], more=["-q", "--profile", "any"]), 0, "Yes: DANE clients accept")
    expect("one of two owners has its dot", offline(cert, [mine, mine.replace("test. ", "test ")], [HOST + ".evil"]), 3, "disagree")
    relative = f"_25._tcp.mx IN TLSA 3 1 1 {data}"
    expect("an owner within its zone", offline(cert, [relative]), 3, "no whole name")
    expect("an owner within its zone, with the name", offline(cert, [relative], [HOST], ["-q"]), 0, f"{HOST}: Yes")
    expect("an owner within another zone", offline(cert, [relative], ["mx2.example.test"]), 3, "disagree")
    expect("a dot ends the name", offline(cert, [f"_25._tcp.mx. TLSA 3 1 1 {data}"], [HOST]), 3, "disagree")
    any_host = f"_25._tcp.*.example.test. TLSA 3 1 1 {data}"
    expect("a wildcard in place of the host", offline(cert, [any_host]), 3, "--name is missing")
    expect("a wildcard in place of the host, with the name", offline(cert, [any_host], [HOST], ["-q"]), 0, f"{HOST}: Yes")
    expect("another name", offline(cert, [mine], ["mx2.example.test"]), 3, "disagree")
    expect("another name first", offline(cert, [mine], ["mx2.example.test", HOST]), 3, "disagree")
    expect("in quotes of its own", offline(cert, [f'"3 1 1 {data}"'], [HOST], ["-q"]), 0, "Yes")
    expect("further names", offline(cert, [mine, f"3 1 1 {data}"], [HOST, ".example.test"], ["-q"]), 0, "Yes")
    expect("many records behind one --tlsa", subprocess.run([TOOL, "-q", "--chain", cert, "--tlsa", mine, f"3 1 1 {data}", "--name", HOST, "b.test"],
                                                            capture_output=True, text=True, timeout=60), 0, "Yes")


def own_advice(folder):
    """The records that a report recommends, for a host whose record is wrong, verify the chain that it met."""
    vectors = json.loads((SOURCE / "vectors/check/domain.json").read_text())["vectors"]
    evidence = next(v for v in vectors if v["id"] == "check::domain::pkix-only")["input"]["evidence"]
    file, chain = folder / "evidence.json", folder / "chain.pem"
    file.write_text(json.dumps(evidence))
    text = subprocess.run([TOOL, "--replay", file], capture_output=True, text=True, timeout=60).stdout
    lines = re.findall(r"^\s*(_25\._tcp\.\S+ \d+ IN TLSA 3 1 1 [0-9a-f]{64}(?: ; \w+)?)$", text, re.M)
    if not lines:
        faults.append(f"no advice to copy in {text!r}")
        return
    served = {tuple(p["chain"]) for p in evidence["probes"] if p["outcome"] == "presented"}
    verified = 0
    for line in set(lines):
        for digests in served:
            chain.write_text("".join(f"-----BEGIN CERTIFICATE-----\n{evidence['certificates'][d]}\n-----END CERTIFICATE-----\n" for d in digests))
            done = offline(chain, [line], more=["-q", "--at", evidence["evaluated_at"]])
            verified += done.returncode == 0
            if done.returncode == 3:
                faults.append(f"own advice {line!r}: {done.stderr!r}")
    if verified < len(set(lines)):
        faults.append(f"{len(set(lines))} records advised, {verified} verify a chain")


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    openssl(f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -subj /CN={HOST} "
            f"-addext subjectAltName=DNS:{HOST} -days 30", cwd=work)
    spki = openssl("x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl sha256 -r", cwd=work).split()[0].decode()
    pasted_forms(work / "cert.pem", spki)
    owners(work / "cert.pem", spki)
    own_advice(work)
print("\n".join(faults) or "records are taken as they are pasted")
sys.exit(bool(faults))
