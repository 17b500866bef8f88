#!/usr/bin/python3
"""What openssl.cnf demands of all programs of a machine changes nothing in what a probe sees; and who has no libgetdns is told so, but
only when it is asked for.

usage: machine_settings.py --tool PATH-OF-TLSA-CHECK.  Uses the lab that LAB_DIR names, or starts one of its own."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DOMAIN = "good-311.test"
# Each alone would keep a program that obeys it from one of the handshakes.
DEMANDS = ("MinProtocol = TLSv1.3\nCipherSuites = TLS_AES_128_CCM_SHA256", "MaxProtocol = TLSv1.2", "CipherString = ECDHE-ECDSA-AES128-GCM-SHA256",
           "SignatureAlgorithms = RSA+SHA512", "Groups = brainpoolP512r1", "CipherString = @SECLEVEL=5")


def observed(tool, config):
    lab = json.loads((pathlib.Path(os.environ["LAB_DIR"]) / "lab.json").read_text())["variables"]
    command = [tool, DOMAIN, "--format", "json", "--trust-anchor", lab["LAB_TRUST_ANCHOR"], "--resolver", lab["LAB_RESOLVER"],
               "--port", lab["LAB_SMTP_PORT"], "--reference-host", "", "--timeout", "30"]
    done = subprocess.run(command, env=os.environ | {"OPENSSL_CONF": str(config)}, capture_output=True, text=True, timeout=100)
    report = json.loads(done.stdout)
    return done.returncode, [(c["key_type"], c["tls"], c["authenticated"]) for s in report["subjects"] for c in s["chains"]]


def without_getdns(tool):
    """Faults of a machine on which libgetdns is not installed: its file is hidden in a mount namespace."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    library = re.search(r"libgetdns\.so\.\d+ .*=> (\S+)", listed).group(1)
    lab = json.loads((pathlib.Path(os.environ["LAB_DIR"]) / "lab.json").read_text())["variables"]

    def run(validator):
        command = [tool, DOMAIN, "-q", "--validator", validator, "--trust-anchor", lab["LAB_TRUST_ANCHOR"], "--resolver", lab["LAB_RESOLVER"],
                   "--port", lab["LAB_SMTP_PORT"], "--reference-host", ""]
        hidden = ["unshare", "--mount", "sh", "-c", 'mount --bind /dev/null "$(realpath "$0")" && exec "$@"', library]
        return subprocess.run(hidden + command, capture_output=True, text=True, timeout=100)

    if os.geteuid() != 0:
        return ["needs root: hides a file in a mount namespace"]
    faults = []
    for validator, status in (("unbound", 0), ("getdns", 3), ("both", 3)):
        done = run(validator)
        told = "error: the validator getdns cannot be loaded" in done.stderr and "hint: install libgetdns" in done.stderr
        if done.returncode != status or told != (status == 3):
            faults.append(f"--validator {validator} without libgetdns: exit status {done.returncode}, {done.stderr!r}")
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    args = parser.parse_args()
    if "LAB_DIR" not in os.environ:
        os.execv(HERE / "lab", ["lab", "run", "--", sys.executable, "-B", __file__, "--tool", args.tool])
    faults = []
    expected = (0, [("RSA", "TLSv1.3", True), ("ECDSA", "TLSv1.3", True)])
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "openssl.cnf")
        for demand in ("", *DEMANDS):
            config.write_text(f"openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = demands\n[demands]\n{demand}\n")
            got = observed(args.tool, config)
            if got != expected:
                faults.append(f"with {demand!r}: {got}")
    faults += without_getdns(args.tool)
    print("\n".join(faults) or f"{len(DEMANDS)} demands change nothing; without libgetdns all is well or told")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
