"""The runner's side of zygotes and children: start, keep a few children ready, account, end, replace."""

import contextlib
import json
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.engine import control
from grader.engine.channel import Channel, Gone
from grader.engine.loop import Loop
from grader.engine.profiles import PROFILES
from grader.engine.sandbox import cgroups, rlimits
from grader.engine.sandbox.plan import Plan

log = logging.getLogger("stride.runner")
PROJECT = Path(__file__).resolve().parents[2]
MAX_START_FAILURES = 5
PROCESSES_SLACK = 8


@dataclass
class Child:
    """One candidate's process, ready or in use."""

    number: int
    zygote: "Zygote"
    channel: socket.socket
    pidfd: int
    pid: int
    group: cgroups.Group | None
    ready: bool = False
    ended: dict[str, Any] | None = None
    on_end: Callable[["Child"], None] | None = None
    cpu_before: float = 0.0
    memory_before: int = 0
    usage_at_end: dict[str, float] = field(default_factory=lambda: {"cpu": 0.0, "peak_mb": 0.0})
    out_of_memory: bool = False

    def limit(self, seconds: float, memory_mb: int, threads: int) -> None:
        """Set the session's limits, from outside, before any of its code has arrived."""
        in_group = self.group is not None
        limits = rlimits.for_session(self.pid, int(seconds * threads) + 2, None if in_group else memory_mb)
        try:
            rlimits.set_for(self.pid, limits)
        except PermissionError:  # root without CAP_SYS_RESOURCE: the zygote has the child's identity
            self.zygote.tell({"limit": self.number, "limits": list(limits.items())})
        if self.group is not None:
            self.group.limit(memory_mb, rlimits.THREADS + PROCESSES_SLACK)
            self.cpu_before = self.group.cpu_seconds()
        self.memory_before = rlimits.peak_memory(self.pid)

    def has_exited(self, wait_seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return bool(poll.poll(wait_seconds * 1000))

    def kill(self) -> None:
        if self.ended is not None:  # its descriptor may belong to somebody else by now
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def usage(self) -> dict[str, float]:
        """CPU seconds and peak memory of the session so far."""
        if self.group is not None:
            return {
                "cpu": self.group.cpu_seconds() - self.cpu_before,
                "peak_mb": self.group.peak_memory_mb(),
            }
        if self.ended is not None:
            return {"cpu": self.ended["cpu"], "peak_mb": 0.0}
        try:
            grown = rlimits.peak_memory(self.pid) - self.memory_before
            return {"cpu": _cpu_seconds(self.pid), "peak_mb": max(0, grown) / rlimits.MEBIBYTE}
        except (OSError, LookupError):  # it has just ended
            return {"cpu": 0.0, "peak_mb": 0.0}

    def ran_out_of_memory(self) -> bool:
        return self.group is not None and self.group.ran_out_of_memory()

    def settle(self, report: dict[str, Any]) -> None:
        """Note how it ended while its group is still there to be read."""
        self.ended = report
        self.usage_at_end = self.usage()
        self.out_of_memory = self.ran_out_of_memory()

    def close(self) -> None:
        self.channel.close()
        os.close(self.pidfd)


def _cpu_seconds(pid: int) -> float:
    """CPU time of another process, all threads: what clock_getcpuclockid computes."""
    return time.clock_gettime((~pid << 3) | 2)


def _pid_of(pidfd: int) -> int:
    """The process's number in this process's own namespace."""
    match = re.search(r"^Pid:\s*(-?\d+)", Path(f"/proc/self/fdinfo/{pidfd}").read_text(), re.MULTILINE)
    if match is None or int(match[1]) <= 0:
        raise ProcessLookupError("the child has already ended")
    return int(match[1])


@dataclass
class Zygote:
    """A zygote's process and the packets it exchanges with the runner."""

    profile: str
    process: subprocess.Popen[bytes]
    sock: socket.socket
    versions: dict[str, str] | None = None
    failure: str = ""
    missing: bool = False
    children: dict[int, Child] = field(default_factory=dict)
    asked: int = 0  # children that were asked for and have not arrived

    @classmethod
    def start(cls, profile: str, plan: Plan) -> "Zygote":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "grader.engine.zygote", "--profile", profile]
        command += ["--socket", str(theirs.fileno()), "--plan", json.dumps(plan.as_dict())]
        process = subprocess.Popen(
            command,
            env=PROFILES[profile].environment,
            cwd=PROJECT,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        return cls(profile, process, ours)

    def tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(control.Closed):  # that it has ended is heard when its socket is read
            control.send(self.sock, message)

    def stop(self) -> None:
        self.sock.close()
        self.process.kill()
        self.process.wait()


class Pool:
    """Everything of one profile."""

    def __init__(
        self, profile: str, plan: Plan, groups: cgroups.Hierarchy | None, standby: int, loop: Loop
    ) -> None:
        self.profile = profile
        self.plan = plan
        self.groups = groups
        self.standby = standby
        self.loop = loop
        self.ready: deque[Child] = deque()
        self.zygote: Zygote | None = None
        self.failures = 0
        self.unavailable = ""
        self.refused = False
        self.proven = False
        self.restart_at = 0.0
        self.numbers = 0
        self.on_ready: Callable[[], None] = lambda: None
        self.on_gone: Callable[[], None] = lambda: None
        self.trial: Callable[[Child], str] | None = None  # canaries: give what is wrong, or nothing

    # Zygote

    def start(self) -> None:
        self.zygote = Zygote.start(self.profile, self.plan)
        zygote = self.zygote
        self.loop.watch(zygote.sock, lambda: self._hear(zygote))

    @property
    def warm(self) -> bool:
        """The zygote has forked at least one child that is or was ready."""
        return self.zygote is not None and self.proven

    def tick(self) -> None:
        if self.zygote is None and not self.unavailable and time.monotonic() >= self.restart_at:
            self.start()

    def stop(self) -> None:
        if self.zygote is not None:
            self._lose(self.zygote, restart=False)

    def _hear(self, zygote: Zygote) -> None:
        try:
            message, descriptors = control.receive(zygote.sock)
        except control.Closed:
            self._lose(zygote, restart=True)
            return
        if "ready" in message:
            zygote.versions = message["ready"]
            self.replenish()
        elif "failed" in message:
            zygote.failure, zygote.missing = message["failed"], "missing" in message
        elif "child" in message:
            self._adopt(zygote, message["child"], *descriptors)
        elif "exited" in message:
            self._bury(zygote, message)

    def _lose(self, zygote: Zygote, *, restart: bool) -> None:
        """The zygote is gone, and with it all of its children."""
        self.loop.forget(zygote.sock)
        zygote.stop()
        self.zygote = None
        self.ready.clear()
        self.proven = False
        for child in list(zygote.children.values()):
            self._bury(zygote, {"exited": child.number, "code": 0, "cpu": 0.0, "fault": "its zygote ended"})
        if restart:
            self._count_failure(zygote)
            self.on_gone()

    def _count_failure(self, zygote: Zygote) -> None:
        self.failures += 1
        reason = zygote.failure or "it ended without a word"
        log.error("the %s zygote ended: %s", self.profile, reason)
        if zygote.missing:
            self.unavailable = "PyTorch is not installed" if self.profile == "torch" else reason
        elif self.failures >= MAX_START_FAILURES:
            self.unavailable = (
                f"the {self.profile} zygote failed {self.failures} times, last because: {reason}"
            )
        self.restart_at = time.monotonic() + min(5.0, 0.1 * 2**self.failures)

    # Children

    def replenish(self, extra: int = 0) -> None:
        """Ask for as many children as are missing."""
        zygote = self.zygote
        if zygote is None or zygote.versions is None or self.unavailable:
            return
        while len(self.ready) + zygote.asked < self.standby + extra:
            self.numbers += 1
            zygote.asked += 1
            zygote.tell({"fork": self.numbers})

    def take(self) -> Child | None:
        """A child that is ready, or None; the caller owns it."""
        while self.ready:
            child = self.ready.popleft()
            if child.ended is None and not child.has_exited(0):
                return child
        return None

    def _adopt(self, zygote: Zygote, number: int, channel: int, pidfd: int) -> None:
        sock = socket.socket(fileno=channel)
        try:
            pid = _pid_of(pidfd)
            group = self.groups.make(f"{self.profile}-{number}") if self.groups else None
            if group is not None:
                group.add(pid)
        except OSError as error:
            log.warning("a %s child could not be adopted: %s", self.profile, error)
            pid, group = 0, None
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        child = Child(number, zygote, sock, pidfd, pid, group)
        zygote.children[number] = child
        self.loop.watch(sock, lambda: self._greet(child))

    def _greet(self, child: Child) -> None:
        """The first frame of a child says whether it is locked in."""
        self.loop.forget(child.channel)
        child.zygote.asked -= 1
        problem = _greeting(child.channel)
        if problem:
            child.kill()
            self._refuse(child.zygote, problem)
            return
        if self.trial is not None:
            self._try(child)
            return
        child.ready = self.proven = True
        self.failures = 0
        self.ready.append(child)
        self.on_ready()

    def _try(self, child: Child) -> None:
        """Spend the first child on the canaries: a sandbox that lets one through serves nobody."""
        trial, self.trial = self.trial, None
        problem = trial(child) if trial else ""
        child.kill()
        if problem:
            self.refused = True
            self.unavailable = problem
            self._refuse(child.zygote, problem)
        else:
            self.replenish()

    def _refuse(self, zygote: Zygote, problem: str) -> None:
        log.error("a %s child could not be sandboxed: %s", self.profile, problem)
        zygote.failure = problem
        self._lose(zygote, restart=True)

    def _bury(self, zygote: Zygote, report: dict[str, Any]) -> None:
        child = zygote.children.pop(report["exited"], None)
        if child is None:
            return
        if not child.ready:
            self.loop.forget(child.channel)
        child.settle(report)
        if child in self.ready:
            self.ready.remove(child)
            child.close()
            self.replenish()
        elif child.on_end is not None:
            child.on_end(child)
        else:
            child.close()
        if child.group is not None:
            self.loop.later(child.group.remove)


def _greeting(channel: socket.socket) -> str:
    """What is wrong with a child, or nothing."""
    from_child = Channel(channel)
    try:
        return from_child.greeting(seconds=5)
    except Gone:
        return "it ended while it was locking itself in"
