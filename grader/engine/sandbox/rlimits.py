"""Resource limits of a child: fixed ones set by itself, those of a session set by the runner from outside."""

import resource
from pathlib import Path

THREADS = 64
OPEN_FILES = 64
STACK_MB = 64
SCRATCH_MB = 16
SCRATCH_INODES = 1024
MEBIBYTE = 1024 * 1024
GPU_OPEN_FILES = 1024  # CUDA opens its device nodes many times over
GPU_FILE_MB = 1024  # files in memory (memfd_create); the control group counts them
ADDRESS_SLACK_MB = 1024  # thread stacks and malloc's arenas reserve far more than they use


def set_fixed(*, on_gpu: bool = False) -> None:
    """What no session changes; lowered for good."""
    fixed = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: GPU_OPEN_FILES if on_gpu else OPEN_FILES,
        resource.RLIMIT_NPROC: THREADS,
        resource.RLIMIT_FSIZE: (GPU_FILE_MB if on_gpu else SCRATCH_MB) * MEBIBYTE,
        resource.RLIMIT_STACK: STACK_MB * MEBIBYTE,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for name in ("RLIMIT_MSGQUEUE", "RLIMIT_SIGPENDING"):
        if hasattr(resource, name):
            fixed[getattr(resource, name)] = 0 if name == "RLIMIT_MSGQUEUE" else 64
    for kind, value in fixed.items():
        _lower(kind, value)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def for_session(pid: int, cpu_seconds: int, memory_mb: int | None) -> dict[int, int]:
    """Limits by resource number. CPU time is a backstop behind the wall clock; with `memory_mb`, where
    there is no control group, private memory is bounded, and the address space more loosely."""
    limits = {resource.RLIMIT_CPU: cpu_seconds}
    if memory_mb is not None:
        used = _address_use(pid)
        limits[resource.RLIMIT_DATA] = used["VmData"] + memory_mb * MEBIBYTE
        limits[resource.RLIMIT_AS] = used["VmSize"] + (memory_mb + ADDRESS_SLACK_MB) * MEBIBYTE
    return limits


def set_for(pid: int, limits: dict[int, int]) -> None:
    """Limit another process of the same user."""
    for kind, value in limits.items():
        resource.prlimit(pid, kind, (value, value))


def _address_use(pid: int) -> dict[str, int]:
    """VmSize, VmData and VmHWM of a process, in bytes."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {words[0][:-1]: int(words[1]) * 1024 for words in lines if words and words[0].startswith("Vm")}


def peak_memory(pid: int) -> int:
    """The most memory that a live process has had resident, in bytes."""
    return _address_use(pid).get("VmHWM", 0)
