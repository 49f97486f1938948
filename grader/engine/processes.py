"""Zygotes and children as the runner sees them."""

import contextlib
import json
import math
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.engine import control
from grader.engine.profiles import PROFILES
from grader.engine.sandbox import cgroups, rlimits
from grader.engine.sandbox.plan import Plan

PROJECT = Path(__file__).resolve().parents[2]
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
    context_mb: int = 0  # of this machine's memory, for its CUDA context
    usage_at_end: dict[str, float] = field(default_factory=lambda: {"cpu": 0.0, "peak_mb": 0.0})
    out_of_memory: bool = False
    hogged_device: bool = False  # ended by the runner for the GPU's memory that it took

    @property
    def on_gpu(self) -> bool:
        return PROFILES[self.zygote.profile].on_gpu

    def limit(self, seconds: float, memory_mb: int, threads: int) -> None:
        """Set the session's limits, from outside, before any of its code has arrived."""
        unbounded = self.group is not None or self.on_gpu  # CUDA reserves far more addresses than it uses
        spent = math.ceil(_cpu_seconds(self.pid)) if self.on_gpu else 0  # on its context, while it waited
        cpu_seconds = int(seconds * threads) + 2 + spent
        limits = rlimits.for_session(self.pid, cpu_seconds, None if unbounded else memory_mb)
        try:
            rlimits.set_for(self.pid, limits)
        except PermissionError:  # root without CAP_SYS_RESOURCE: the zygote has the child's identity
            self.zygote.tell({"limit": self.number, "limits": list(limits.items())})
        if self.group is not None:
            self.context_mb = self.group.used_memory_mb() if self.on_gpu else 0
            self.group.limit(memory_mb + self.context_mb, rlimits.THREADS + PROCESSES_SLACK)
            self.cpu_before = self.group.cpu_seconds()
        else:
            self.cpu_before = _cpu_seconds(self.pid)
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

    def hold(self, stopped: bool) -> None:
        """Stop all its threads, or let them go on. It can neither ignore that nor end it itself."""
        if self.ended is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGSTOP if stopped else signal.SIGCONT)

    def usage_so_far(self) -> dict[str, float]:
        """What it has used, whether or not it has ended."""
        return self.usage() if self.ended is None else self.usage_at_end

    def usage(self) -> dict[str, float]:
        """CPU seconds and peak memory of the session so far."""
        if self.group is not None:
            return {
                "cpu": self.group.cpu_seconds() - self.cpu_before,
                "peak_mb": max(0.0, self.group.peak_memory_mb() - self.context_mb),
            }
        if self.ended is not None:
            return {"cpu": max(0.0, self.ended["cpu"] - self.cpu_before), "peak_mb": 0.0}
        try:
            grown = rlimits.peak_memory(self.pid) - self.memory_before
            return {
                "cpu": _cpu_seconds(self.pid) - self.cpu_before,
                "peak_mb": max(0, grown) / rlimits.MEBIBYTE,
            }
        except (OSError, LookupError):  # it has just ended
            return {"cpu": 0.0, "peak_mb": 0.0}

    def ran_out_of_memory(self) -> bool:
        return self.hogged_device or (self.group is not None and self.group.ran_out_of_memory())

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


def pid_of(pidfd: int) -> int:
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
    forked: int = 0
    tried: bool = False  # its first child has passed the canaries

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
