"""The processes below a worker, found by their parents: only what the test itself has started."""

import os
import signal
from pathlib import Path


def _status(pid: int) -> tuple[str, int]:
    """State and parent of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return fields[0], int(fields[1])


def alive(pid: int) -> bool:
    try:
        return _status(pid)[0] != "Z"
    except OSError:
        return False


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            _, parent = _status(int(entry.name))
        except OSError:
            continue
        found.setdefault(parent, []).append(int(entry.name))
    return found


def below(pid: int) -> list[int]:
    """All descendants, parents first."""
    children, found = _children(), [pid]
    for known in found:
        found += children.get(known, [])
    return found[1:]


def pool(worker: int) -> list[int]:
    """The worker's processes that judge."""
    return [pid for pid in _children().get(worker, []) if "celery" in _command(pid)]


def runner(worker: int) -> int:
    (found,) = [pid for pid in below(worker) if "grader.engine.runner" in _command(pid)]
    return found


def zygotes(worker: int) -> list[int]:
    """The processes that the runner started; each has the zygote proper inside its namespaces below it."""
    return _children().get(runner(worker), [])


def candidates(worker: int) -> list[int]:
    """The processes that learners' code runs in, or will."""
    children = _children()
    return [pid for outer in zygotes(worker) for inner in children.get(outer, []) for pid in below(inner)]


def kill(pids: list[int], number: int = signal.SIGKILL) -> None:
    assert pids, "nothing to signal"
    for pid in pids:
        os.kill(pid, number)
