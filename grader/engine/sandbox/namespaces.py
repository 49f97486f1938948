"""Which namespaces the zygote and its children enter, and under which identity.

The zygote becomes "root" of a user namespace that it owns, with all capabilities there and none outside.
Each child makes a user namespace below that one and then drops every capability, so it has no power over
the mounts and namespaces that surround it.
"""

import os
from collections.abc import Callable

from grader.engine.sandbox import devices, root, system
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.system import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
)

SANDBOX_ID = 64999  # who the zygote is outside when the runner is root: nobody else's number
INNER_ID = 1000  # who the candidate believes to be
_SURROUNDINGS = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS


def enter_zygote(tree: root.Tree) -> int:
    """Enter the zygote's namespaces and root; gives a descriptor of the old /proc.

    The caller's next child is process 1 of the new process namespace. Must be called with a single thread.
    """
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    if os.geteuid() == 0 and _works(lambda: system.unshare(CLONE_NEWNS)):
        root.build(tree)
        _become(SANDBOX_ID)
        _new_user_namespace(proc, inner=0)
    else:
        _new_user_namespace(proc, inner=0)
        system.unshare(CLONE_NEWNS)
        root.build(tree)
    system.unshare(_SURROUNDINGS | CLONE_NEWPID)
    return proc


def enter_child(proc: int, scratch_mb: int, scratch_inodes: int, access: Access | None = None) -> None:
    """Give a fresh child surroundings of its own; it has been forked into a new process namespace."""
    os.setsid()
    system.unshare(_SURROUNDINGS)
    system.sethostname("sandbox")
    root.mount_scratch(scratch_mb, scratch_inodes)
    if access is not None:
        root.mount_own_proc()
        root.cover(devices.others(access))
    _new_user_namespace(proc, inner=INNER_ID)
    os.chdir(root.SCRATCH)


def _works(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _become(number: int) -> None:
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    system.prctl(system.PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root and the maps cannot be written


def _new_user_namespace(proc: int, inner: int) -> None:
    outer_uid, outer_gid = os.geteuid(), os.getegid()  # read before: afterwards both are 65534
    system.unshare(CLONE_NEWUSER)
    _write(proc, "self/setgroups", "deny")
    _write(proc, "self/uid_map", f"{inner} {outer_uid} 1\n")
    _write(proc, "self/gid_map", f"{inner} {outer_gid} 1\n")


def _write(proc: int, name: str, text: str) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
