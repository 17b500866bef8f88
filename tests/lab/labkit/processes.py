"""Starting and stopping the lab's daemons: own pid files, own process groups, nobody else's."""

import ctypes
import os
import pathlib
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1


def start_time(pid):
    """Field 22 of /proc/PID/stat tells a process from a later one with the same number."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Ended(RuntimeError):
    """A daemon ended instead of serving."""


class Daemons:
    def __init__(self, directory):
        self.pids = pathlib.Path(directory) / "pids"
        self.logs = pathlib.Path(directory) / "log"
        self.started = {}

    def start(self, name, command, cwd, keep=(), tied=False, wait_ready=False):
        """`keep`: descriptors to inherit.  `tied`: ends when the starting process ends."""
        self.pids.mkdir(exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        with open(self.logs / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stderr=log, pass_fds=keep,
                stdout=subprocess.PIPE if wait_ready else log, start_new_session=True,
                env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"),
                preexec_fn=die_with_parent if tied else None)
        (self.pids / f"{name}.pid").write_text(f"{process.pid} {start_time(process.pid)}\n")
        self.started[name] = process
        if wait_ready and process.stdout.readline().strip() != b"ready":
            raise Ended(f"{name} did not start: {self.log(name)}")

    def check(self):
        """Raises Ended when one of those that were started here is there no longer."""
        for name, process in self.started.items():
            if process.poll() is not None:
                raise Ended(f"{name} ended with status {process.returncode}: {self.log(name)}")

    def log(self, name):
        return (self.logs / f"{name}.log").read_text(errors="replace")[-2000:]

    def running(self):
        """{name: process group} of those still there; a process number used again is not ours."""
        found = {}
        for file in sorted(self.pids.glob("*.pid")):
            pid, since = file.read_text().split()
            if start_time(pid) in (since, None) and group_members(int(pid)):
                found[file.stem] = int(pid)
        return found

    def stop(self, patience=5.0):
        """Returns the names that could not be stopped: empty is success."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for group in self.running().values():
                try:
                    os.killpg(group, number)
                except ProcessLookupError:
                    pass
            until = time.monotonic() + patience
            while self.running() and time.monotonic() < until:
                reap()
                time.sleep(0.02)
            if not self.running():
                break
        return sorted(self.running())


def reap():
    """Children of this very process would stay as zombies (lab run)."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def group_members(group):
    """Live processes of a process group; nsd forks, and its children must go too."""
    members = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z" and int(fields[2]) == group:
                members.append(int(entry.name))
    return members
