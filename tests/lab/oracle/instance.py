"""A private Postfix: own configuration, queue and log; started, fed and stopped."""

import contextlib
import os
import pathlib
import pwd
import signal
import smtplib
import subprocess
import time

DAEMONS = "/usr/lib/postfix/sbin"
CLIENT_ADDRESS = "127.0.2.1"   # of namespace.py; not where the mail servers are, or mail would loop back
START_LIMIT_S, STOP_LIMIT_S = 20, 10

# One delivery a process: what one delivery caches would keep lines out of the log of the next.
MASTER_CF = """postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp {smtp}
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
tlsproxy unix - - n - 0 tlsproxy
scache unix - - n - 1 scache
anvil unix - - n - 1 anvil
showq unix n - n - - showq
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
{address}:25 inet n - n - - smtpd
"""

MAIN_CF = {
    "compatibility_level": "3.6",
    "mail_owner": "postfix", "setgid_group": "postdrop",
    "daemon_directory": DAEMONS,
    "myhostname": "client.lab.example", "mydomain": "lab.example", "myorigin": "lab.example",
    "mydestination": "", "alias_maps": "", "local_recipient_maps": "",
    "inet_interfaces": CLIENT_ADDRESS, "inet_protocols": "ipv4", "mynetworks": "127.0.0.0/8",
    "smtpd_recipient_restrictions": "permit_mynetworks, reject",
    "notify_classes": "", "minimal_backoff_time": "1h", "queue_run_delay": "1h",
    "smtp_connect_timeout": "5s", "smtp_helo_timeout": "20s", "smtp_starttls_timeout": "20s",
    "smtp_dns_support_level": "dnssec", "smtp_host_lookup": "dns",
    "smtp_tls_loglevel": "1", "smtp_tls_note_starttls_offer": "yes",
    "smtp_tls_session_cache_database": "",
}


class Postfix:
    def __init__(self, directory, settings, tables, smtp="unix - - n - 20 smtp -o max_use=1", services=""):
        """`tables`: file name -> [(key, value)], or text; a setting names it as `texthash:$config_directory/NAME`.
        `smtp`, `services`: lines of master.cf."""
        self.directory = pathlib.Path(directory)
        self.config, self.log_file = self.directory / "etc", self.directory / "log" / "maillog"
        for part in ("etc", "spool", "data", "log"):
            (self.directory / part).mkdir(parents=True)
        os.chown(self.directory / "data", pwd.getpwnam("postfix").pw_uid, -1)
        everything = {**MAIN_CF, "queue_directory": self.directory / "spool",
                      "data_directory": self.directory / "data", "maillog_file": self.log_file,
                      "maillog_file_prefixes": self.log_file.parent, **settings}
        self.address = everything["inet_interfaces"].strip("[]")
        (self.config / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in everything.items()))
        (self.config / "master.cf").write_text(
            MASTER_CF.format(address=everything["inet_interfaces"], smtp=smtp) + services)
        for name, rows in tables.items():
            text = rows if isinstance(rows, str) else "".join(f"{k} {v}\n" for k, v in rows)
            (self.config / name).write_text(text)

    def log(self):
        return self.log_file.read_text(errors="backslashreplace") if self.log_file.exists() else ""

    @contextlib.contextmanager
    def running(self):
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self):
        done = subprocess.run(["postfix", "-c", str(self.config), "start"], capture_output=True, text=True,
                              timeout=START_LIMIT_S)
        if done.returncode:
            raise RuntimeError(f"Postfix did not start: {done.stderr.strip()}\n{self.log()[-2000:]}")

    def stop(self):
        """By the number in its own pid file; its children end with it."""
        pid_file = self.directory / "spool" / "pid" / "master.pid"
        try:
            master = int(pid_file.read_text())
            os.kill(master, signal.SIGTERM)
        except (OSError, ValueError):
            return
        until = time.monotonic() + STOP_LIMIT_S
        while pathlib.Path(f"/proc/{master}/cmdline").exists() and time.monotonic() < until:
            if not pathlib.Path(f"/proc/{master}/cmdline").read_bytes():
                return  # a zombie
            time.sleep(0.02)

    def send(self, recipients):
        """One message to each.  The empty sender keeps bounces away."""
        until = time.monotonic() + START_LIMIT_S
        while True:
            try:
                with smtplib.SMTP(self.address, 25, timeout=START_LIMIT_S) as client:
                    for recipient in recipients:
                        client.sendmail("", [recipient], f"From: lab@lab.example\nTo: {recipient}\n\nlab\n")
                return
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
