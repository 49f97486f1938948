"""The minimal root: a read-only tree of bind mounts that holds an interpreter's files and nothing else.

Everything stands at the path that it has outside, because the interpreter that uses it has been running
for a while. There is no /proc, no /sys, no /etc, no home folder and none of the project's files.

A tree for a GPU has more: device nodes, a few read-only files below /proc and /sys, and for each child a
/proc of its own processes. Its place holds the old /proc until then: the kernel lets a user namespace
mount a new one only where it can see one already. The child's mount covers it, and no child has the
capability to take that away again.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from grader.engine.sandbox import system
from grader.engine.sandbox.system import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
)

SCRATCH = "/scratch"  # inside the sandbox, on a file system of its own; also known as /tmp
_SCRATCH_LINK = "/tmp"  # noqa: S108 - unless the interpreter itself lies below it
_OLD = "/.old"
_BASES = ("/tmp", "/mnt", "/var/tmp", "/dev/shm")  # noqa: S108 - any folder that holds nothing we show
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
OWN_PROC = "/.proc"
_NOTHING = "/.nothing"  # an empty file that nobody may open
_PROC_LINKS = ("self", "thread-self", "1")  # a child is process 1
_TOP_LINKS = ("/lib", "/lib64", "/lib32")


@dataclass(frozen=True)
class Tree:
    """What the root shows: `folders` whole, `hidden` parts of them empty but for `packages`.

    For a GPU also `devices`, which may be opened and controlled, and `kernel`, files of /proc and /sys.
    """

    folders: tuple[str, ...]
    hidden: tuple[str, ...]
    packages: tuple[str, ...]
    devices: tuple[str, ...] = ()
    kernel: tuple[str, ...] = ()
    own_proc: bool = False


def build(tree: Tree) -> None:
    """Make the tree and pivot into it; needs a mount namespace of its own. The old root is gone
    afterwards.
    """
    links = {path: os.readlink(path) for path in _TOP_LINKS if os.path.islink(path)}
    folders = [(path, os.path.realpath(path)) for path in _outermost(tree.folders)]
    packages = [(path, os.path.realpath(path)) for path in tree.packages]
    hidden = [path for path in map(os.path.realpath, tree.hidden) if os.path.isdir(path)]
    _pivot_into_empty(real for _, real in (*folders, *packages))
    for path, target in links.items():
        os.symlink(target, path)
    _bind_all(folders)
    covers = [path for path in hidden if os.path.isdir(path)]  # only those that a folder shows
    for path in covers:
        system.mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=755")
    _bind_all(packages)
    for path in covers:
        system.restrict_mounts(path, MS_RDONLY, recursive=False)
    for path in (*_DEVICES, *tree.devices):
        _bind(path, MS_NOSUID | MS_NOEXEC)
    for path in tree.kernel:
        _bind(path, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if tree.own_proc:
        _prepare_own_proc()
    os.makedirs(SCRATCH, exist_ok=True)
    if not os.path.lexists(_SCRATCH_LINK):
        os.symlink(SCRATCH, _SCRATCH_LINK)
    system.umount(_OLD)
    os.rmdir(_OLD)
    system.restrict_mounts("/", MS_RDONLY | MS_NOSUID | MS_NODEV, recursive=False)


def _outermost(paths: Iterable[str]) -> list[str]:
    """Paths that lie in no other of them."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(parent.rstrip("/") + "/") for parent in kept):
            kept.append(path)
    return kept


def _pivot_into_empty(shown: Iterable[str]) -> None:
    """Change to an empty root. What lies below the folder that it covers could not be shown afterwards."""
    kept = [f"{path}/" for path in shown]
    free = (base for base in _BASES if not any(path.startswith(f"{base}/") for path in kept))
    base = next(base for base in free if os.path.isdir(base))
    system.mount("", "/", "", MS_REC | MS_PRIVATE)
    system.mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    os.mkdir(base + _OLD, 0o700)
    system.pivot_root(base, base + _OLD)
    os.chdir("/")


def _bind_all(pairs: list[tuple[str, str]]) -> None:
    for path, real in pairs:
        _bind(real, MS_RDONLY | MS_NOSUID | MS_NODEV)
        if path != real and not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(real, path)


def _bind(path: str, attributes: int) -> None:
    """Show one file or folder of the old root at its own path."""
    source = _OLD + path
    if not os.path.exists(source):
        return
    if os.path.isdir(source):
        os.makedirs(path, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "x"):
            pass
    system.mount(source, path, "", MS_BIND | MS_REC)
    system.restrict_mounts(path, attributes)


def _prepare_own_proc() -> None:
    """The place of the children's own /proc, the links that lead there, and what covers other devices."""
    os.mkdir(OWN_PROC)
    try:
        system.mount(f"{_OLD}/proc", OWN_PROC, "", MS_BIND)
    except OSError:  # in a user namespace, only together with what is mounted below it
        system.mount(f"{_OLD}/proc", OWN_PROC, "", MS_BIND | MS_REC)
    os.makedirs("/proc", exist_ok=True)
    for name in _PROC_LINKS:
        os.symlink(f"{OWN_PROC}/{name}", f"/proc/{name}")
    os.close(os.open(_NOTHING, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o000))


def mount_own_proc() -> None:
    """A /proc that shows this child's own processes and nothing else of the kernel."""
    try:
        system.mount("proc", OWN_PROC, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid")
    except OSError as error:
        raise RuntimeError(
            f"no /proc of its own can be mounted ({error.strerror}), which CUDA needs: in a container /proc "
            "must not be masked (systempaths=unconfined, GPUs given by CDI)"
        ) from error


def cover(paths: Iterable[str]) -> None:
    """Make files unreachable for this child."""
    for path in paths:
        system.mount(_NOTHING, path, "", MS_BIND)


def mount_scratch(size_mb: int, inodes: int) -> None:
    """A private, bounded, noexec scratch folder for one child."""
    options = f"size={size_mb}m,nr_inodes={inodes},mode=700"
    system.mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
