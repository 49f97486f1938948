"""One control group for each child: memory and processes bounded, CPU time counted.

Version 1 and 2 both occur. Groups are made below the runner's own and removed when they are empty.
"""

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

_V1 = ("memory", "pids", "cpuacct")
MEBIBYTE = 1024 * 1024


@dataclass
class Group:
    """The control group of one child; `folders` by controller, all the same folder in version 2."""

    folders: dict[str, Path]
    version: int
    cpu_start: float = field(default=0.0)

    def add(self, pid: int) -> None:
        for folder in set(self.folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, memory_mb: int, processes: int) -> None:
        """Set the session's limits; memory that was touched before is not counted."""
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
            return int((folder / "cpuacct.usage").read_text()) / 1e9 if folder else 0.0
        return _counter(self.folders["memory"] / "cpu.stat", "usage_usec") / 1e6

    def used_memory_mb(self) -> int:
        """What is in use now."""
        name = "memory.usage_in_bytes" if self.version == 1 else "memory.current"
        return int((self.folders["memory"] / name).read_text()) // MEBIBYTE

    def peak_memory_mb(self) -> float:
        name = "memory.max_usage_in_bytes" if self.version == 1 else "memory.peak"
        try:
            return int((self.folders["memory"] / name).read_text()) / MEBIBYTE
        except OSError:  # memory.peak came with Linux 5.19
            return 0.0

    def ran_out_of_memory(self) -> bool:
        name = "memory.oom_control" if self.version == 1 else "memory.events"
        return _counter(self.folders["memory"] / name, "oom_kill") > 0

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
            (folder / name).write_text(str(value))

    def _write_if_there(self, controller: str, name: str, value: int) -> None:
        with contextlib.suppress(OSError):  # swap accounting may be off
            self._write(controller, name, value)


@dataclass
class Hierarchy:
    """Where this runner makes its groups."""

    bases: dict[str, Path]
    version: int

    def make(self, name: str) -> Group:
        folders = {controller: base / name for controller, base in self.bases.items()}
        for folder in set(folders.values()):
            folder.mkdir()
        return Group(folders, self.version)

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


def _counter(path: Path, name: str) -> int:
    for line in path.read_text().splitlines():
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
    mounts = _mounts("cgroup2")
    if not mounts:
        return None
    own = _below(next(iter(mounts.values())), _own_paths().get("", "/"))
    if not {"memory", "pids"} <= set((own / "cgroup.controllers").read_text().split()):
        return None
    leaf, base = own / f"stride-runner-{os.getpid()}", own / f"stride-{os.getpid()}"
    _sweep(own)
    leaf.mkdir()
    try:  # a group with processes of its own cannot give controllers to groups below it
        (leaf / "cgroup.procs").write_text(str(os.getpid()))
        (own / "cgroup.subtree_control").write_text("+memory +pids")
        base.mkdir()
        (base / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        with contextlib.suppress(OSError):
            (own / "cgroup.procs").write_text(str(os.getpid()))
        with contextlib.suppress(OSError):
            leaf.rmdir()
        return None
    return Hierarchy({"memory": base, "pids": base}, 2)


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
