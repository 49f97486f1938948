"""Landlock: the file system may be read, only the scratch folder may be written, nothing may be signalled
outside.

A second fence behind `pivot_root`: it holds even where a mount was left too open.
"""

import ctypes
import os

from grader.engine.sandbox import system

_READ = 1 << 2 | 1 << 3  # files, directories
_WRITE_FILE = 1 << 1
_TRUNCATE = 1 << 14  # from ABI 3
_CONTROL_DEVICE = 1 << 15  # from ABI 5
_SCRATCH = _READ | _WRITE_FILE | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK = 0b11  # bind and connect TCP, from ABI 4
_SCOPES = 0b11  # abstract Unix sockets and signals, from ABI 6
SCOPED_ABI = 6


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """The version that this kernel offers; 0 for none."""
    try:
        return system.syscall("landlock_create_ruleset", ctypes.c_void_p(None), 0, 1)
    except OSError:
        return 0


def _allow(ruleset: int, path: str, rights: int, handled: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(rights & handled, parent)
        path_beneath = 1
        system.syscall("landlock_add_rule", ruleset, path_beneath, ctypes.byref(rule), 0)
    finally:
        os.close(parent)


def restrict(version: int, scratch: str, writable: tuple[str, ...] = ()) -> None:
    """Lock this process in for ever; no_new_privs must be set. `writable` devices may also be controlled."""
    handled = _RIGHTS_BY_ABI[min(version, 5)]
    ruleset_attr = _Ruleset(handled, _NETWORK if version >= 4 else 0, _SCOPES if version >= SCOPED_ABI else 0)
    size = 24 if version >= SCOPED_ABI else 16 if version >= 4 else 8
    ruleset = system.syscall("landlock_create_ruleset", ctypes.byref(ruleset_attr), size, 0)
    try:
        _allow(ruleset, "/", _READ, handled)
        _allow(ruleset, scratch, _SCRATCH, handled)
        _allow(ruleset, "/dev/null", _READ & 1 << 2 | _WRITE_FILE, handled)
        for path in writable:
            folder = _READ if os.path.isdir(path) else _READ & 1 << 2
            _allow(ruleset, path, folder | _WRITE_FILE | _TRUNCATE | _CONTROL_DEVICE, handled)
        system.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
