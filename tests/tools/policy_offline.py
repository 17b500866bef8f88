#!/usr/bin/python3
"""The offline mode of tls-policy-check: what it judges without a CA, fingerprints of another digest, TLSA records, and
the lints of the entry.  Certificates and digests are openssl's.

usage: policy_offline.py PATH-OF-TLS-POLICY-CHECK"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

TOOL = sys.argv[1]
NEXTHOP = ["--nexthop", "example.test", "--mx", "mx.example.test"]
AT = ["--at", "2030-06-01T00:00:00Z"]
faults = []


def openssl(*args):
    return subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True).stdout


class Authority:
    """A CA in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.key("ca")
        openssl("req", "-x509", "-new", "-key", folder / "ca.key", "-subj", "/CN=Test Root", "-days", "36500", "-out", folder / "ca.pem")

    def key(self, name):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.folder / f"{name}.key")

    def leaf(self, name, first="20200101000000Z", last="20400101000000Z", usage="serverAuth"):
        """A server certificate alone, for mx.example.test."""
        self.key(name)
        request, config = self.folder / f"{name}.csr", self.folder / f"{name}.cnf"
        openssl("req", "-new", "-key", self.folder / f"{name}.key", "-subj", "/CN=x", "-out", request)
        (self.folder / "index.txt").write_text("")
        config.write_text(f"""[ca]
default_ca = test
[test]
database = {self.folder}/index.txt
new_certs_dir = {self.folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
subjectAltName = DNS:mx.example.test
extendedKeyUsage = {usage}
""")
        out = self.folder / f"{name}.pem"
        openssl("ca", "-batch", "-notext", "-config", config, "-cert", self.folder / "ca.pem", "-keyfile", self.folder / "ca.key",
                "-in", request, "-startdate", first, "-enddate", last, "-out", out)
        return out


def spki(pem):
    public = openssl("x509", "-in", pem, "-noout", "-pubkey")
    return subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, check=True, capture_output=True).stdout


def check(what, args, status, *, ids=(), entries=None, verdict=""):
    done = subprocess.run([TOOL, *NEXTHOP, *AT, *map(str, args), "--format", "json"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        faults.append(f"{what}: exit {done.returncode}, no report; {done.stderr!r}")
        return
    (row,) = report["destinations"]
    told = {f["id"] for f in report["findings"] if f["severity"] != "note"}
    got = [s["entry"] for s in row["suggestions"]]
    if done.returncode != status or told != set(ids):
        faults.append(f"{what}: exit {done.returncode}, {sorted(told)}; expected {status}, {sorted(ids)}")
    if entries is not None and got != entries:
        faults.append(f"{what}: suggests {got}, not {entries}")
    if verdict not in row["verdict"]:
        faults.append(f"{what}: {verdict!r} is not in {row['verdict']!r}")


def without_ca(authority):
    secure = ["--level", "secure", "--match", "other.test"]
    for what, leaf, words in (
            ("expired", authority.leaf("old", last="20300501000000Z"), "expired on 2030-05-01"),
            ("of tomorrow", authority.leaf("new", first="20300701000000Z"), "not valid before 2030-07-01"),
            ("for clients", authority.leaf("client", usage="clientAuth"), "not made for servers")):
        check(what, [*secure, "--chain", leaf], 2, ids={"policy-chain-untrusted", "policy-name-mismatch"}, entries=[], verdict=words)
    fine = authority.leaf("fine")
    check("trust that is open", ["--level", "verify", "--chain", fine], 3, ids={"policy-ca-not-given", "entry-verify"}, verdict="Unknown")
    return fine


def fingerprints(leaf):
    key = spki(leaf)
    for name in ("sha256", "sha1", "md5"):
        value = hashlib.new(name, key, usedforsecurity=False).hexdigest()
        entry = ["--entry", f"fingerprint match={value}", "--chain", leaf]
        check(f"{name} that is named", [*entry, "--fingerprint-digest", name], 0)
        if name == "md5":
            check("the default digest", entry, 0)
        else:
            check(f"{name} that is not named", entry, 3, ids={"policy-fingerprint-mismatch"}, verdict="Unknown")
            check(f"{name} and another digest", [*entry, "--fingerprint-digest", "sha512"], 2,
                  ids={"policy-fingerprint-mismatch", "fingerprint-length"})


def dane(authority, leaf):
    right, wrong = hashlib.sha256(spki(leaf)).hexdigest(), "ab" * 32
    secure = ["--level", "secure", "--match", "other.test", "--chain", leaf, "--ca-file", authority.folder / "ca.pem"]
    names = ["example.test secure"]
    mismatch = {"policy-name-mismatch"}
    check("no records", secure, 2, ids=mismatch, entries=names)
    check("records that fit", [*secure, "--tlsa", f"3 1 1 {right}"], 2, ids=mismatch,
          entries=["example.test dane", "example.test dane-only", *names])
    check("a line of a zone", [*secure, "--tlsa", f"_25._tcp.mx.example.test. 3600 IN TLSA 3 1 1 {right}"], 2, ids=mismatch,
          entries=["example.test dane", "example.test dane-only", *names])
    check("records that do not fit", [*secure, "--tlsa", f"3 1 1 {wrong}"], 2, ids=mismatch, entries=names)
    check("records that DNS does not sign", [*secure, "--tlsa", f"3 1 1 {right}", "--mx-secure", "no"], 2, ids=mismatch, entries=names)
    check("level dane", ["--level", "dane", "--chain", leaf, "--tlsa", f"3 1 1 {right}"], 0, entries=[])


def lints(authority, leaf):
    trusted = ["--chain", leaf, "--ca-file", authority.folder / "ca.pem"]
    check("a wildcard in match=", ["--level", "secure", "--match", "*.example.test", "--match", "mx.example.test", *trusted], 1,
          ids={"match-wildcard"})
    check("a weak grade", ["--entry", "encrypt ciphers=null", *trusted], 2, ids={"policy-handshake-failed", "grade-weak"})
    check("hostname at level secure", ["--entry", "secure match=hostname", *trusted], 1, ids={"match-trusts-dns"})


with tempfile.TemporaryDirectory() as name:
    test = Authority(pathlib.Path(name))
    good = without_ca(test)
    fingerprints(good)
    dane(test, good)
    lints(test, good)
print("\n".join(faults) or "judged offline")
sys.exit(bool(faults))
