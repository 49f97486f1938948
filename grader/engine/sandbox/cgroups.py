"""One control group for each child: memory and processes bounded, CPU time counted.

Version 1 and 2 both occur. Groups are made below the runner's own and removed when they are empty.
"""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

_V1 = ("memory", "pids", "cpuacct")
_V2 = ("memory", "pids")  # CPU time is counted without a controller
MEBIBYTE = 1024 * 1024


@dataclass
class Group:
    """The control group of one child; `folders` by controller, all the same folder in version 2."""

    folders: dict[str, Path]
    version: int
    limited: tuple[int, int] | None = None  # what was set last

    def add(self, pid: int) -> None:
        """Move a process in. The kernel lets the caller wait some milliseconds for that."""
        for folder in set(self.folders.values()):
            _put(f"{folder}/cgroup.procs", pid)

    def limit(self, memory_mb: int, processes: int) -> None:
        """Set the session's limits; memory that was touched before is not counted."""
        if self.limited == (memory_mb, processes):
            return
        self.limited = (memory_mb, processes)
        self._write("pids", "pids.max", processes)
        if self.version == 1:
            self._write("memory", "memory.limit_in_bytes", memory_mb * MEBIBYTE)
            self._write_if_there("memory", "memory.memsw.limit_in_bytes", memory_mb * MEBIBYTE)
            return
        self._write("memory", "memory.max", memory_mb * MEBIBYTE)
        self._write_if_there("memory", "memory.swap.max", 0)
        self._write_if_there("memory", "memory.oom.group", 1)

    def cpu_seconds(self) -> float:
        if self.version == 1:
            folder = self.folders.get("cpuacct")
            return int(_get(f"{folder}/cpuacct.usage")) / 1e9 if folder else 0.0
        return _counter(f"{self.folders['memory']}/cpu.stat", "usage_usec") / 1e6

    def used_memory_mb(self) -> int:
        """What is in use now."""
        name = "memory.usage_in_bytes" if self.version == 1 else "memory.current"
        return int(_get(f"{self.folders['memory']}/{name}")) // MEBIBYTE

    def peak_memory_mb(self) -> float:
        name = "memory.max_usage_in_bytes" if self.version == 1 else "memory.peak"
        try:
            return int(_get(f"{self.folders['memory']}/{name}")) / MEBIBYTE
        except OSError:  # memory.peak came with Linux 5.19
            return 0.0

    def ran_out_of_memory(self) -> bool:
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        return _counter(f"{self.folders['memory']}/{name}", "oom_kill") > 0

    def remove(self) -> bool:
        """Remove the group; False while the kernel still holds something in it."""
        for folder in set(self.folders.values()):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True

    def _write(self, controller: str, name: str, value: int) -> None:
        folder = self.folders.get(controller)
        if folder is not None:
            _put(f"{folder}/{name}", value)

    def _write_if_there(self, controller: str, name: str, value: int) -> None:
        with contextlib.suppress(OSError):  # swap accounting may be off
            self._write(controller, name, value)


@dataclass
class Hierarchy:
    """Where this runner makes its groups."""

    bases: dict[str, Path]
    version: int
    leaf: Path | None = None  # version 2: where the processes went that were here before

    def make(self, name: str) -> Group:
        folders = {controller: base / name for controller, base in self.bases.items()}
        for folder in set(folders.values()):
            folder.mkdir()
        return Group(folders, self.version)

    def admit(self, name: str, pid: int) -> Group:
        """A new group with this process in it. Raises OSError, and then leaves no group behind."""
        group = self.make(name)
        try:
            group.add(pid)
        except OSError:
            group.remove()
            raise
        return group

    def remove(self) -> None:
        for base in set(self.bases.values()):
            for _ in range(100):  # processes that were killed take a moment to leave
                for folder in base.glob("*/"):
                    with contextlib.suppress(OSError):
                        folder.rmdir()
                try:
                    base.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)
        if self.leaf is not None:
            _leave(self.leaf)


def _put(path: str, value: int) -> None:
    """Write a number; pathlib would take five times as long, and a session waits for this."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, b"%d" % value)
    finally:
        os.close(descriptor)


def _get(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _counter(path: str, name: str) -> int:
    for line in _get(path).decode().splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == name:
            return int(words[1])
    return 0


def _mounts(kind: str) -> dict[str, Path]:
    """Mount points of cgroup file systems, by their options (`memory`, `cpu,cpuacct`, or `` for version
    2).
    """
    found: dict[str, tuple[Path, str]] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        file_system, _, options = right.split(" ", 2)
        if file_system == kind:
            for option in options.split(","):
                found.setdefault(option, (Path(left.split()[4]), left.split()[3]))
    return {option: point for option, (point, _) in found.items()}


def _own_paths() -> dict[str, str]:
    """This process's group by controller; the key of version 2 is ``."""
    paths = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), path))
    return paths


def _below(mount: Path, path: str) -> Path:
    """This process's folder; inside a container the path may be the host's, and then the mount is the
    folder.
    """
    inside = mount / path.lstrip("/")
    return inside if inside.is_dir() else mount


def find() -> Hierarchy | None:
    """A place to make groups in, or None where nothing may be written. Leaves one empty folder behind."""
    try:
        return _find_v1() or _find_v2()
    except (OSError, ValueError):
        return None


def _find_v1() -> Hierarchy | None:
    mounts, paths = _mounts("cgroup"), _own_paths()
    bases = {name: _below(mounts[name], paths.get(name, "/")) for name in _V1 if name in mounts}
    if "memory" not in bases or "pids" not in bases:
        return None
    name = f"stride-{os.getpid()}"
    hierarchy = Hierarchy({controller: base / name for controller, base in bases.items()}, 1)
    return _made(hierarchy)


def _find_v2() -> Hierarchy | None:
    """A group that holds processes cannot give controllers to groups below it, so those that are here, which
    may be this one's parents as well, move to a leaf of their own until the hierarchy is removed.
    """
    mounts = _mounts("cgroup2")
    if not mounts:
        return None
    own = _below(next(iter(mounts.values())), _own_paths().get("", "/"))
    if not set(_V2) <= set((own / "cgroup.controllers").read_text().split()):
        return None
    leaf, base = own / f"stride-runner-{os.getpid()}", own / f"stride-{os.getpid()}"
    _sweep(own)
    leaf.mkdir()
    try:
        if (own / "cgroup.type").exists():  # the root of all groups has none, and may hold processes
            _move_all(own, leaf)
        (own / "cgroup.subtree_control").write_text(_switch("+"))
        base.mkdir()
        (base / "cgroup.subtree_control").write_text(_switch("+"))
    except OSError:
        with contextlib.suppress(OSError):
            base.rmdir()
        _leave(leaf)
        return None
    return Hierarchy({"memory": base, "pids": base}, 2, leaf)


def _switch(sign: str) -> str:
    return " ".join(f"{sign}{controller}" for controller in _V2)


def _move_all(source: Path, target: Path) -> None:
    """Move every process; those that end or appear meanwhile are looked at again."""
    for _ in range(20):
        pids = [pid for pid in (source / "cgroup.procs").read_text().split() if pid != "0"]
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                (target / "cgroup.procs").write_text(pid)


def _leave(leaf: Path) -> None:
    """Put things back as they were, as far as nobody else has made groups here meanwhile."""
    with contextlib.suppress(OSError):
        (leaf.parent / "cgroup.subtree_control").write_text(_switch("-"))
    with contextlib.suppress(OSError):
        _move_all(leaf, leaf.parent)
        leaf.rmdir()


def _sweep(folder: Path) -> None:
    """Remove what runners that were killed have left behind."""
    for base in folder.glob("stride-*"):
        owner = base.name.rpartition("-")[2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            for group in [*base.glob("*/"), base]:
                with contextlib.suppress(OSError):  # a process may still be ending in it
                    group.rmdir()


def _made(hierarchy: Hierarchy) -> Hierarchy | None:
    try:
        for base in hierarchy.bases.values():
            _sweep(base.parent)
            base.mkdir(exist_ok=True)
    except OSError:
        hierarchy.remove()
        return None
    return hierarchy
