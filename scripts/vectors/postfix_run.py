"""Asks the installed Postfix: postconf, postmap, posttls-finger, and smtp(8) in a network namespace of its own (as
root).  Writes nothing by itself."""
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import time

VERSION = "3.7.11"
DAEMONS = subprocess.run(["postconf", "-dh", "daemon_directory"], capture_output=True, text=True).stdout.strip()
SERVICES = """postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
scache unix - - n - 1 scache
"""


def check_version():
    found = subprocess.run(["postconf", "-dh", "mail_version"], capture_output=True, text=True, check=True).stdout.strip()
    if found != VERSION:
        raise SystemExit(f"Postfix {found} is installed; the expectations are those of {VERSION}")


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="postfix-vectors-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


def run(*command, main_cf=b"", given=None):
    """-> (stdout, stderr), the configuration's folder written as DIR"""
    with folder() as place:
        (place / "main.cf").write_bytes(main_cf)
        (place / "master.cf").write_bytes(b"")
        old = time.time() - 100  # Postfix reads a file that has just changed again and again
        os.utime(place / "main.cf", (old, old))
        done = subprocess.run(command, capture_output=True, input=given, timeout=30, env=dict(os.environ, MAIL_CONFIG=str(place)))
        return tuple(stream.replace(str(place).encode(), b"DIR") for stream in (done.stdout, done.stderr))


def deliver(table, settings="", wait=60):
    """table: {key: policy}; each key is a port on 127.0.0.1 where nobody listens.  -> {key: (dsn, [warnings])}"""
    keys = list(table)
    ports = {key: 2001 + i for i, key in enumerate(keys)}
    with folder() as place:
        for name in ("etc", "data", "log", "queue"):
            (place / name).mkdir()
        subprocess.run(["chown", "postfix", place / "data"], check=True)
        (place / "etc/transport").write_text("".join(f"{k}.test smtp:[127.0.0.1]:{ports[k]}\n" for k in keys))
        (place / "etc/policy").write_text("".join(f"[127.0.0.1]:{ports[k]} {table[k]}\n" for k in keys))
        (place / "etc/master.cf").write_text(SERVICES)
        (place / "etc/main.cf").write_text(
            f"compatibility_level = 3.6\nqueue_directory = {place}/queue\ndata_directory = {place}/data\n"
            f"maillog_file = {place}/log/maillog\nmaillog_file_prefixes = {place}/log\nmyhostname = client.test\n"
            "inet_interfaces = loopback-only\ninet_protocols = ipv4\nmydestination =\nlocal_recipient_maps =\nalias_maps =\n"
            f"transport_maps = hash:{place}/etc/transport\nsmtp_tls_policy_maps = hash:{place}/etc/policy\n"
            f"smtp_dns_support_level = disabled\nsmtp_host_lookup = native\nnotify_classes =\n{settings}")
        environment = dict(os.environ, MAIL_CONFIG=str(place / "etc"))
        for name in ("transport", "policy"):
            subprocess.run(["postmap", f"hash:{place}/etc/{name}"], env=environment, check=True, capture_output=True)
        for name in ("maildrop", "incoming", "active", "deferred", "defer", "bounce", "trace", "private", "saved", "corrupt", "hold", "flush"):
            (place / "queue" / name).mkdir()
            subprocess.run(["chown", "postfix", place / "queue" / name], check=True)
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            (place / "queue" / name).mkdir(exist_ok=True)
            subprocess.run(["chown", "postfix:postdrop", place / "queue" / name], check=True)
            os.chmod(place / "queue" / name, mode)
        (place / "queue/pid").mkdir()
        master = subprocess.Popen(["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", f"{DAEMONS}/master", "-d", "-c", str(place / "etc")],
                                  env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            subprocess.run(["sendmail", "-f", "a@client.test", *(f"x@{k}.test" for k in keys)], input=b"Subject: x\n\nx\n",
                           env=environment, check=True, timeout=30)
            return read_log(place / "log/maillog", ports, wait)
        finally:
            master.terminate()
            master.wait(10)


def read_log(path, ports, wait):
    deadline = time.time() + wait
    while time.time() < deadline:
        log = path.read_text(errors="replace") if path.exists() else ""
        done = dict(re.findall(r"to=<x@([a-z0-9-]+)\.test>.*? dsn=([0-9.]+)", log))
        if len(done) == len(ports):
            break
        time.sleep(0.5)
    else:
        raise SystemExit(f"no outcome for {sorted(set(ports) - set(done))[:9]}\n{log[-3000:]}")
    warnings = {key: [] for key in ports}
    keys = {f"[127.0.0.1]:{port}": key for key, port in ports.items()}
    for where, text in re.findall(r'smtp_tls_policy_maps, next-hop destination "(.*?)": (.*)', log):
        warnings[keys[where]].append(text)
    return {key: (done[key], warnings[key]) for key in ports}
