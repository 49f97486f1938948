"""The system-call filter: raw BPF, an allow-list whose default is EPERM.

Order matters for speed only: the calls that a computation makes stand first in `syscalls.py`. The filter
of a GPU's candidates allows more: what the driver's library needs, and its device commands.
"""

import ctypes
import errno
import functools
import struct

from grader.engine.sandbox import system
from grader.engine.sandbox.syscalls import (
    ALLOWED,
    ALLOWED_ON_GPU,
    AUDIT_ARCH,
    CHECKED,
    KILLED,
    KILLED_ON_GPU,
    MACHINE,
)

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_SET, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

ALLOW = 0x7FFF0000
KILL = 0x80000000
_ERRNO = 0x00050000
DENY = _ERRNO | errno.EPERM
ABSENT = _ERRNO | errno.ENOSYS

CLONE_THREAD = 0x00010000
CLONE_NAMESPACES = 0x7E020080
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)  # duplicate a descriptor, its flags, its status
_IOCTL_COMMANDS = (0x5401, 0x5413, 0x5450, 0x5451)  # is it a terminal, its size, close on exec
_PRCTL_COMMANDS = (15, 16)  # the thread's name
_SEAL_COMMANDS = (1033, 1034)  # seals of files in memory
# Commands of NVIDIA's kernel modules, as their published sources define them: those of the GPU have the type
# "F", those of its unified memory are small numbers without a type, and two that open and close it.
_GPU_TYPE, _UVM_COMMANDS_END, _UVM_OPEN_CLOSE = 0x46, 0x100, (0x30000001, 0x30000002)

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def _returns(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _low(argument: int) -> Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)


def _high(argument: int) -> Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * argument + 4)


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    """`body`, which must end in a return, for this system call only."""
    return [(_JUMP_EQUAL, 0, len(body), number), *body]


def _one_of(argument: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow when the low half of an argument is one of `values`."""
    tests = [(_JUMP_EQUAL, len(values) - index, 0, value) for index, value in enumerate(values)]
    return [_low(argument), *tests, _returns(DENY), _returns(ALLOW)]


def _clone() -> list[Instruction]:
    """New threads may be made, new processes not, new namespaces are an attack."""
    return [
        _low(0),
        (_JUMP_SET, 0, 1, CLONE_NAMESPACES),
        _returns(KILL),
        (_JUMP_SET, 1, 0, CLONE_THREAD),
        _returns(DENY),
        _returns(ALLOW),
    ]


def _read_limits_only() -> list[Instruction]:
    """prlimit64 without a new limit: both halves of its third argument are zero."""
    return [
        _low(2),
        (_JUMP_EQUAL, 0, 3, 0),
        _high(2),
        (_JUMP_EQUAL, 0, 1, 0),
        _returns(ALLOW),
        _returns(DENY),
    ]


def _gpu_commands() -> list[Instruction]:
    """ioctl on a GPU's candidate: the usual few, and those of the driver."""
    single = (*_IOCTL_COMMANDS, *_UVM_OPEN_CLOSE)
    tests = [(_JUMP_EQUAL, len(single) + 4 - index, 0, value) for index, value in enumerate(single)]
    return [
        _low(1),
        *tests,
        (_JUMP_GREATER_EQUAL, 0, 4, _UVM_COMMANDS_END),
        (_AND, 0, 0, 0xFF00),
        (_JUMP_EQUAL, 1, 0, _GPU_TYPE << 8),
        _returns(DENY),
        _returns(ALLOW),
        _returns(ALLOW),
    ]


def program(*, on_gpu: bool = False, more: frozenset[int] = frozenset()) -> list[Instruction]:
    """The whole filter. Only `grader.engine.gpu_trial` allows `more` calls, to find what is missing."""
    allowed = ALLOWED | ALLOWED_ON_GPU if on_gpu else ALLOWED
    fcntl_commands = _FCNTL_COMMANDS + (_SEAL_COMMANDS if on_gpu else ())
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCH),
        _returns(KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if MACHINE == "x86_64":  # the x32 calls, which share the architecture's number
        code += [(_JUMP_GREATER_EQUAL, 0, 1, 0x40000000), _returns(KILL)]
    for number in (*allowed.values(), *sorted(more)):
        code += _when(number, [_returns(ALLOW)])
    code += _when(CHECKED["clone"], _clone())
    code += _when(CHECKED["clone3"], [_returns(ABSENT)])  # its flags are in memory: libc falls back to clone
    code += _when(CHECKED["fcntl"], _one_of(1, fcntl_commands))
    code += _when(CHECKED["ioctl"], _gpu_commands() if on_gpu else _one_of(1, _IOCTL_COMMANDS))
    code += _when(CHECKED["prctl"], _one_of(0, _PRCTL_COMMANDS))
    code += _when(CHECKED["prlimit64"], _read_limits_only())
    for number in (KILLED_ON_GPU if on_gpu else KILLED).values():
        code += _when(number, [_returns(KILL)])
    return [*code, _returns(DENY)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


@functools.cache
def _assembled(on_gpu: bool, more: frozenset[int]) -> _Program:
    code = program(on_gpu=on_gpu, more=more)
    return _Program(len(code), b"".join(struct.pack("<HBBI", *instruction) for instruction in code))


def prepare(*, on_gpu: bool = False) -> None:
    """Assemble the filter, which children then share."""
    _assembled(on_gpu, frozenset())


def install(*, on_gpu: bool = False, more: frozenset[int] = frozenset()) -> None:
    """Filter this process from here on; no_new_privs must be set. There is no way back."""
    set_mode_filter = 1
    system.syscall("seccomp", set_mode_filter, 0, ctypes.byref(_assembled(on_gpu, more)))
