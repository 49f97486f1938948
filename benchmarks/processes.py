"""CPU time and memory of groups of processes, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
UTIME, CUTIME_END = 11, 15  # of the fields after the command's name: utime, stime, cutime, cstime


@dataclass(frozen=True)
class Process:
    """One process; `seconds` includes the children that it has waited for."""

    pid: int
    parent: int
    seconds: float


def _read(pid: str) -> Process | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return None
    return Process(int(pid), int(fields[1]), sum(map(int, fields[UTIME:CUTIME_END])) / TICKS)


def _all() -> dict[int, Process]:
    found = (_read(name) for name in os.listdir("/proc") if name.isdigit())
    return {process.pid: process for process in found if process is not None}


def group_of(pid: int, roots: dict[int, str], processes: dict[int, Process]) -> str | None:
    """The name of the nearest ancestor among the roots, itself included."""
    while pid in processes:
        if pid in roots:
            return roots[pid]
        pid = processes[pid].parent
    return None


def cpu_seconds(roots: dict[int, str]) -> dict[str, float]:
    """CPU time so far by group: each root with its descendants, less those below another root."""
    processes = _all()
    used = dict.fromkeys(roots.values(), 0.0)
    for process in processes.values():
        group = group_of(process.pid, roots, processes)
        if group is not None:
            used[group] += process.seconds
    return used


def memory_mb(roots: dict[int, str]) -> dict[str, float]:
    """Proportional set size by group: pages that processes share are counted once in all."""
    processes = _all()
    used = dict.fromkeys(roots.values(), 0.0)
    for pid in processes:
        group = group_of(pid, roots, processes)
        if group is not None:
            used[group] += _smaps_mb(pid, "Pss:")
    return used


def _smaps_mb(pid: int, kind: str) -> float:
    """The sum of the lines of smaps_rollup that begin so."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(kind)) / 1024


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # it has just ended
        return ""


def child_running(parent: int, words: str) -> int | None:
    """The descendant of a process whose command line contains the words."""
    processes = _all()
    for pid in processes:
        below = pid != parent and group_of(pid, {parent: "it"}, processes) == "it"
        if below and words in _command(pid):
            return pid
    return None


def waiting_children_mb(runner: int, profiles: list[str]) -> dict[str, float]:
    """Private memory of one process that waits below each zygote of a runner: below it nothing is forked."""
    processes = _all()
    parents = {process.parent for process in processes.values()}
    leaves = [pid for pid in processes if pid not in parents and group_of(pid, {runner: "it"}, processes)]
    return {
        profile: _smaps_mb(pid, "Private_")
        for pid in leaves
        for profile in profiles
        if f"grader.engine.zygote --profile {profile} " in _command(pid)
    }
