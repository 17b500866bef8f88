#!/usr/bin/python3
"""Is the lab itself sound?  Starts, runs beside another, answers as planned, stops, starts again.

With "finger" as argument: lets Postfix's posttls-finger judge a few hosts, in a network and mount
namespace of its own (exit status 77 where that is not possible).
"""

import concurrent.futures
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from labkit import control, instance, table  # noqa: E402

LAB = str(HERE / "lab")
SKIP = 77
FAULTS = []


def check(true, sentence):
    print(("ok      " if true else "FAILED  ") + sentence)
    if not true:
        FAULTS.append(sentence)


def lab(*arguments):
    return subprocess.run([LAB, *arguments], capture_output=True, text=True)


def up(directory):
    done = lab("up", "--dir", directory)
    if done.returncode:
        sys.exit(f"lab up: {done.stderr}")
    return dict(re.findall(r"^export (\w+)=(.*)$", done.stdout, re.M))


def dig(place, name, kind, *options):
    address, port = place.split("@")
    return subprocess.run(["dig", f"@{address}", "-p", port, "+dnssec", "+time=10", "+tries=2", *options, name, kind],
                          capture_output=True, text=True).stdout


def secure(text):
    return bool(re.search(r"flags: [a-z ]*\bad\b", text))


def check_dns(v):
    owner = f"_{v['LAB_SMTP_PORT']}._tcp.mx1"
    resolver = v["LAB_RESOLVER"]
    check(secure(dig(resolver, f"{owner}.good-311.test", "TLSA")), "a good TLSA RRset is secure")
    check("SERVFAIL" in dig(resolver, f"{owner}.tampered.test", "TLSA"), "a tampered one is bogus")
    check(not secure(dig(resolver, f"{owner}.insecure.test", "TLSA")), "one in an unsigned zone is insecure")
    plain = dig(v["LAB_PLAIN_RESOLVER"], f"{owner}.good-311.test", "TLSA")
    check("NOERROR" in plain and "RRSIG" not in plain and not secure(plain), "the plain resolver knows no DNSSEC")
    lying = dig(v["LAB_LYING_RESOLVER"], f"{owner}.good-311.test", "TLSA")
    check("EEEEEEEE" in lying and secure(lying), "the lying resolver forges")
    answers = [dig(v[a], f"{owner}.renewal-lag.test", "TLSA", "+short", "+nodnssec").splitlines()
               for a in ("LAB_AUTH1", "LAB_AUTH2")]
    check([len(a) for a in answers] == [2, 1], "the second authoritative server lags behind")
    cached = dig(resolver, f"{owner}.renewal-cached.test", "TLSA", "+short", "+nodnssec").splitlines()
    check(len(cached) == 1, "the resolver remembers an older RRset")


def living(directory):
    """Processes that run in the folder of a lab or name it in their command line.  Whether somebody listens at
    its addresses tells nothing: a lab of another test may have them by now."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = os.readlink(entry / "cwd")
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue  # gone, or not ours
            if any(text == directory or text.startswith(f"{directory}/") for text in (place, *words)):
                found.append(int(entry.name))
    return found


def lives_and_dies(folder):
    one, two = f"{folder}/one", f"{folder}/two"
    began = time.monotonic()
    first = up(one)
    print(f"        up in {time.monotonic() - began:.1f} s")
    check(len(living(one)) >= 6, "name servers, resolver, proxy and mail servers run")
    second = up(two)
    check(first["LAB_INSTANCE"] != second["LAB_INSTANCE"], "two labs run side by side")
    check(lab("up", "--dir", one).returncode != 0, "a folder with a running lab is refused")
    check_dns(first)
    check(lab("down", "--dir", one).returncode == 0 and not living(one), "down stops everything")
    check(secure(dig(second["LAB_RESOLVER"], "test", "SOA")), "and leaves the other lab alone")
    first = up(one)
    check(secure(dig(first["LAB_RESOLVER"], "test", "SOA")), "up again at once")
    for each in (one, two, one):
        check(lab("down", "--dir", each).returncode == 0, "down, also a second time")
    check(not living(one) and not living(two), "nothing is left")


def passes_over_taken_ports(folder):
    """Somebody who knows nothing of labs has a port that only nsd will notice."""
    with socket.socket() as squatter:
        for number in range(240, instance.LAST):  # where no other lab gets to
            try:
                squatter.bind((instance.Instance(number).auth2, instance.Instance(number).authority_port))
                break
            except OSError:
                continue
        squatter.listen()
        directory = f"{folder}/three"
        asked = lab("up", "--dir", directory, "--instance", str(number))
        check(asked.returncode == 3 and "auth2 ended" in asked.stderr and not living(directory),
              "a taken port is told when the number was asked for")
        instance.FIRST = number
        try:
            v = control.up(directory)
            check(int(v["LAB_INSTANCE"]) > number and secure(dig(v["LAB_RESOLVER"], "test", "SOA")),
                  "and leads to the next number otherwise")
        finally:
            control.down(directory)


def runs_commands():
    done = lab("run", "--", "sh", "-c", "echo $LAB_DIR; exit 7")
    check(done.returncode == 7, "run passes the exit status on")
    check(not os.path.exists(done.stdout.strip()), "run leaves no folder")
    check(lab("run", "--", "no-such-command-anywhere").returncode == 127, "a command that does not exist")
    with subprocess.Popen([LAB, "run", "--", "sh", "-c", "echo $LAB_DIR; exec sleep 60"],
                          stdout=subprocess.PIPE, text=True) as running:
        place = running.stdout.readline().strip()
        check(len(living(place)) >= 6, "run runs them too")
        running.send_signal(signal.SIGTERM)
        check(running.wait(30) == 128 + signal.SIGTERM, "run ends when it is told to")
    check(not living(place), "and takes the lab with it")


# --- posttls-finger, in a namespace ---
# Domains where one connection of Postfix does not show what the table says: it takes one address and one key
# type, calls a null MX beside another null all the same, drops octets injected before TLS, and takes the name of
# the mail domain after an insecure MX lookup too.
NOT_FOR_POSTFIX = re.compile(
    r"^(two|ten|one|many|ipv6|ecdsa|rsa|both|sni)-|^(nolisting|null-mx-mixed|injected|half-dane-name|tls11-only)\b")
HALF_DANE = "MX RRset insecure: log verified as trusted"


def verdicts():
    """domain -> does Postfix verify it, by the table"""
    rows = [r for r in table.read_cases() if not r.options and not NOT_FOR_POSTFIX.match(r.name)]
    return {r.name: r.outcomes.endswith("=verified") for r in rows
            if r.outcomes.partition("=")[2] in ("verified", "refuted", "unusable", "no-records", "insecure")}


def finger():
    """Runs again inside new namespaces, where port 53 and /etc/resolv.conf are ours."""
    if os.geteuid() != 0:
        print("skipped: posttls-finger needs root here: it reads /etc/resolv.conf and asks port 53")
        return SKIP
    if not shutil.which("posttls-finger", path=os.environ["PATH"] + ":/usr/sbin"):
        print("skipped: posttls-finger is not installed")
        return SKIP
    unshare = ["unshare", "--mount", "--net"]
    tried = subprocess.run([*unshare, "sh", "-c", "mount -t tmpfs none /mnt && ip link set lo up"],
                           capture_output=True, text=True)
    if tried.returncode:
        print(f"skipped: no private namespaces here: {tried.stderr.strip()}")
        return SKIP
    inner = f"ip link set lo up && exec {LAB} run -- {sys.executable} {__file__} finger-inside"
    return subprocess.run([*unshare, "sh", "-c", inner]).returncode


def finger_inside():
    with tempfile.TemporaryDirectory() as folder:
        address = os.environ["LAB_RESOLVER"].split("@")[0]
        os.chmod(folder, 0o755)  # posttls-finger gives up root
        resolv = pathlib.Path(folder, "resolv.conf")
        resolv.write_text(f"nameserver {address}\noptions trust-ad edns0\n")
        subprocess.run(["mount", "--bind", str(resolv), os.path.realpath("/etc/resolv.conf")], check=True)
        pathlib.Path(folder, "main.cf").write_text("compatibility_level = 3.6\nsmtp_dns_support_level = dnssec\n")
        with relay(folder, address):
            expected = verdicts()
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                outputs = list(pool.map(lambda domain: ask_finger(folder, domain), expected))
            for (domain, good), output in zip(expected.items(), outputs):
                word = "Trusted" if HALF_DANE in output else "Verified"
                verified = f"{word} TLS connection" in output
                check(verified == good and "fatal:" not in output,
                      f"posttls-finger on {domain}: {'verified' if good else 'not verified'}")
                if FAULTS and FAULTS[-1].startswith(f"posttls-finger on {domain}"):
                    print(output)
    return 1 if FAULTS else 0


@contextlib.contextmanager
def relay(folder, address):
    """The lab's resolver on port 53."""
    config = pathlib.Path(folder, "relay.json")
    port = int(os.environ["LAB_RESOLVER"].split("@")[1])
    config.write_text('{"address": "%s", "faults": [], "listeners": [{"port": 53, "mode": "fault", '
                      '"upstream": ["%s", %d]}]}' % (address, address, port))
    process = subprocess.Popen([sys.executable, "-B", "-m", "labkit.dnsproxy", str(config)], cwd=HERE)
    try:
        for _ in range(100):
            if "NOERROR" in dig(f"{address}@53", "test", "SOA"):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def ask_finger(folder, domain):
    done = subprocess.run(["posttls-finger", "-l", "dane", "-t", "20", f"{domain}:{os.environ['LAB_SMTP_PORT']}"],
                          capture_output=True, text=True, errors="replace", timeout=120,
                          env=dict(os.environ, MAIL_CONFIG=folder, PATH=os.environ["PATH"] + ":/usr/sbin"))
    return done.stdout + done.stderr


def main():
    if sys.argv[1:] == ["finger"]:
        return finger()
    if sys.argv[1:] == ["finger-inside"]:
        return finger_inside()
    with tempfile.TemporaryDirectory(prefix="lab-self-") as folder:
        try:
            lives_and_dies(folder)
            passes_over_taken_ports(folder)
        finally:
            for name in ("one", "two", "three"):
                lab("down", "--dir", f"{folder}/{name}")
    runs_commands()
    print(f"{len(FAULTS)} faults")
    return 1 if FAULTS else 0


if __name__ == "__main__":
    sys.exit(main())
