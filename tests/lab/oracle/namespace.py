"""A network, a process tree and a /tmp of our own: what runs inside is gone when it ends, however it ends.

Postfix reads /etc/resolv.conf, asks port 53 and connects to port 25; inside all of that is ours.
"""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

SKIP = 77
WORK = "DANE_ORACLE_WORK"
PROGRAMS = ("posttls-finger", "postconf", "nsd", "unbound", "ldns-signzone", "ip", "unshare")
PR_SET_PDEATHSIG = 1
# Stops at the first command that fails; the work folder is memory and vanishes with the namespace.
SET_UP = """set -e
mount -t tmpfs -o mode=755 none "$0"
printf 'nameserver 127.0.0.53\\noptions trust-ad\\n' > "$0/resolv.conf"
mount --bind "$0/resolv.conf" "$(realpath /etc/resolv.conf)"
ip link set lo up
ip addr add 127.0.2.1/32 dev lo
for number in 1 2 3 4 5 6 7 8 9; do ip -6 addr add fd00:da::$number/128 dev lo nodad; done
touch "$0/ready"
exec "$@"
"""


def missing():
    """Why the tests cannot be run here, or None."""
    if os.geteuid() != 0:
        return "real Postfix needs root: it binds port 25 and changes user"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    absent = [p for p in PROGRAMS if not shutil.which(p)]
    return f"not installed: {', '.join(absent)}" if absent else None


def inside():
    """The work folder within the namespace; None outside."""
    return pathlib.Path(os.environ[WORK]) if WORK in os.environ else None


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def enter(keep=None):
    """Runs this program again inside.  `keep`: a folder that gets a copy of the work folder.  Returns the exit
    status."""
    why = missing()
    if why:
        print(f"skipped: {why}")
        return SKIP
    with tempfile.TemporaryDirectory(prefix="dane-oracle-") as folder:
        unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        tried = subprocess.run([*unshare, "sh", "-c", SET_UP, folder, "true"], capture_output=True, text=True)
        if tried.returncode:
            print(f"skipped: no private namespaces here: {tried.stderr.strip()}")
            return SKIP
        environment = dict(os.environ, **{WORK: folder}, LC_ALL="C.UTF-8", TZ="UTC")
        if keep:
            environment["DANE_ORACLE_KEEP"] = str(pathlib.Path(keep).resolve())
        for each in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.default_int_handler)
        command = [*unshare, "sh", "-c", SET_UP, folder, sys.executable, "-B", *sys.argv]
        process = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent)
        try:
            return process.wait()
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        finally:
            process.kill()  # with it goes every process of the namespace
            process.wait()


def keep_copy():
    """Saves the work folder, before it vanishes, where the user wants it."""
    if "DANE_ORACLE_KEEP" in os.environ:
        target = pathlib.Path(os.environ["DANE_ORACLE_KEEP"])
        shutil.copytree(inside(), target, dirs_exist_ok=True, copy_function=copy_plain,
                        ignore=lambda folder, names: [n for n in names if not is_plain(pathlib.Path(folder, n))])


def is_plain(path):
    return path.is_dir() or path.is_file()


def copy_plain(source, target):
    shutil.copyfile(source, target)
