"""The few system calls that Python does not wrap, by ctypes. Everything raises OSError with the call's
name.
"""

import ctypes
import errno
import os
import sys

from grader.engine.sandbox.syscalls import MACHINE

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
_MS_REMOUNT, _NOATIME, _NODIRATIME, _MS_RELATIME, _ST_RELATIME = 32, 1024, 2048, 1 << 21, 4096

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

# name: (x86-64, aarch64)
_CALLS = {
    "pivot_root": (155, 41),
    "capset": (126, 91),
    "seccomp": (317, 277),
    "close_range": (436, 436),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

_libc = ctypes.CDLL(None, use_errno=True)
if sys.platform == "linux":
    _libc.syscall.restype = ctypes.c_long
    _libc.prctl.argtypes = [ctypes.c_int, *(4 * [ctypes.c_ulong])]


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(name: str, *arguments: object) -> int:
    """One of the calls of `_CALLS`; integers are passed as 64-bit values, buffers by reference."""
    number = _CALLS[name][1 if MACHINE == "aarch64" else 0]
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _check(_libc.syscall(ctypes.c_long(number), *wide), name)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    _check(_libc.setns(descriptor, kind), f"setns({kind:#x})")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    arguments = [text.encode() or None for text in (source, target, kind)]
    result = _libc.mount(*arguments, ctypes.c_ulong(flags), data.encode() or None)
    _check(result, f"mount {kind or source} on {target}")


def umount(target: str, flags: int = MNT_DETACH) -> None:
    _check(_libc.umount2(target.encode(), flags), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    syscall("pivot_root", ctypes.c_char_p(new.encode()), ctypes.c_char_p(old.encode()))


def sethostname(name: str) -> None:
    data = name.encode()
    _check(_libc.sethostname(data, len(data)), "sethostname")


def prctl(option: int, *arguments: int) -> int:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _check(_libc.prctl(option, *padded), f"prctl({option})")


def close_range(first: int) -> None:
    """Close every descriptor from `first` on."""
    syscall("close_range", first, 0xFFFFFFFF, 0)


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def restrict_mounts(path: str, attributes: int, *, recursive: bool = True) -> None:
    """Add attributes (MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC have the same values here) to mounts."""
    attr = _MountAttr(attributes, 0, 0, 0)
    at_fdcwd, flags = -100, 0x8000 if recursive else 0
    size = ctypes.sizeof(attr)
    try:
        syscall("mount_setattr", at_fdcwd, ctypes.c_char_p(path.encode()), flags, ctypes.byref(attr), size)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOSYS):
            raise
        _remount(path, attributes)


def _remount(path: str, attributes: int) -> None:
    """The older way, where a container's filter denies mount_setattr. Mounts further below stay as they are.

    In a user namespace the flags that a mount has cannot be taken from it, so they have to be repeated.
    """
    present = os.statvfs(path).f_flag
    kept = present & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | _NOATIME | _NODIRATIME)
    relative = _MS_RELATIME if present & _ST_RELATIME else 0
    mount("", path, "", _MS_REMOUNT | MS_BIND | attributes | kept | relative)


def drop_capabilities() -> None:
    """Give up every capability, also those that a later exec could bring back."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    capability = 0
    while _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:  # until past the last that is known
        capability += 1
    if capability == 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_CAPBSET_DROP) dropped nothing")
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none = (ctypes.c_uint32 * 6)()
    syscall("capset", ctypes.byref(header), ctypes.byref(none))


def die_with_parent(number: int = 9) -> None:
    """Have the kernel send this signal when the thread that started this process ends."""
    prctl(PR_SET_PDEATHSIG, number)
