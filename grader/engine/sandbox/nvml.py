"""What NVIDIA's management library says of the GPUs, from a process of its own.

The library belongs to the driver, may hang when a GPU is lost, and has no business in the runner. So the
runner starts this module as an attendant: it prints the inventory in one line of JSON, then a line with
the memory in use every quarter of a second, and at once whenever it reads a line. It ends when its input
closes, that is with the runner.

    python -m grader.engine.sandbox.nvml [--once]
"""

import argparse
import contextlib
import ctypes
import json
import os
import select
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.engine.sandbox import devices

LIBRARY = "libnvidia-ml.so.1"
READING_SECONDS = 0.25
ONCE_SECONDS = 15
MEBIBYTE = 1024 * 1024
_TEXT = 96


@dataclass(frozen=True)
class Gpu:
    """One GPU of this machine."""

    uuid: str
    node: str
    name: str
    memory_mb: int

    @property
    def access(self) -> devices.Access:
        return devices.Access(self.uuid, self.node)


@dataclass(frozen=True)
class Inventory:
    """The GPUs that can be used, or the problem, in words."""

    gpus: tuple[Gpu, ...] = ()
    driver: str = ""
    problem: str = ""

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> "Inventory":
        gpus = tuple(Gpu(**gpu) for gpu in found["gpus"])
        return cls(gpus, str(found["driver"]), str(found["problem"]))


class NvmlError(Exception):
    """The library is missing or refuses."""


class _Memory(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in ("total", "free", "used")]


class Nvml:
    """The few calls of the library that are needed, by ctypes."""

    def __init__(self) -> None:
        self.library = _loaded()
        self.library.nvmlErrorString.restype = ctypes.c_char_p
        self._call("nvmlInit_v2")

    def _call(self, name: str, *arguments: object) -> None:
        code = getattr(self.library, name)(*arguments)
        if code:
            text = self.library.nvmlErrorString(code) or b""
            raise NvmlError(f"{name}: {text.decode(errors='replace') or f'error {code}'}")

    def _text(self, name: str, *arguments: object) -> str:
        buffer = ctypes.create_string_buffer(_TEXT)
        self._call(name, *arguments, buffer, ctypes.c_uint(_TEXT))
        return buffer.value.decode(errors="replace")

    def _number(self, name: str, *arguments: object) -> int:
        number = ctypes.c_uint()
        self._call(name, *arguments, ctypes.byref(number))
        return number.value

    def driver(self) -> str:
        return self._text("nvmlSystemGetDriverVersion")

    def handles(self) -> list[ctypes.c_void_p]:
        found = []
        for index in range(self._number("nvmlDeviceGetCount_v2")):
            handle = ctypes.c_void_p()
            self._call("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(handle))
            found.append(handle)
        return found

    def uuid(self, handle: ctypes.c_void_p) -> str:
        return self._text("nvmlDeviceGetUUID", handle)

    def gpu(self, handle: ctypes.c_void_p) -> Gpu:
        node = f"/dev/nvidia{self._number('nvmlDeviceGetMinorNumber', handle)}"
        name = self._text("nvmlDeviceGetName", handle)
        return Gpu(self.uuid(handle), node, name, self._memory(handle).total // MEBIBYTE)

    def used_mb(self, handle: ctypes.c_void_p) -> int:
        return self._memory(handle).used // MEBIBYTE

    def _memory(self, handle: ctypes.c_void_p) -> _Memory:
        memory = _Memory()
        self._call("nvmlDeviceGetMemoryInfo", handle, ctypes.byref(memory))
        return memory


def _loaded() -> ctypes.CDLL:
    for folder in ("", *devices.LIBRARY_FOLDERS):
        with contextlib.suppress(OSError):
            return ctypes.CDLL(os.path.join(folder, LIBRARY))
    raise NvmlError(f"{LIBRARY} is missing; a container needs the driver's 'utility' libraries")


def inventory() -> Inventory:
    """Ask the library, in this process. Never raises."""
    if problem := devices.problem():
        return Inventory(problem=problem)
    try:
        nvml = Nvml()
        gpus = [nvml.gpu(handle) for handle in nvml.handles()]
        usable = tuple(gpu for gpu in gpus if os.path.exists(gpu.node))
        return Inventory(usable, nvml.driver(), "" if usable else "no GPU: the driver names none")
    except NvmlError as error:
        return Inventory(problem=f"no GPU: {error}")


def ask() -> Inventory:
    """The inventory, from a throwaway process: this one does not load the library."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "grader.engine.sandbox.nvml", "--once"],
            cwd=Path(__file__).resolve().parents[3],
            capture_output=True,
            timeout=ONCE_SECONDS,
            check=True,
        )
        return Inventory.from_dict(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return Inventory(problem=f"no GPU: the driver gave no answer within {ONCE_SECONDS} seconds")
    except (subprocess.CalledProcessError, OSError, ValueError, KeyError, TypeError) as error:
        return Inventory(problem=f"no GPU: asking the driver failed: {error}")


def _readings() -> dict[str, Any]:
    """Memory in use by GPU; a GPU that does not answer has its error instead."""
    nvml = Nvml()
    used: dict[str, Any] = {}
    for handle in nvml.handles():
        uuid = nvml.uuid(handle)
        try:
            used[uuid] = nvml.used_mb(handle)
        except NvmlError as error:
            used[uuid] = str(error)
    return used


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def attend() -> None:
    """Print readings until the input closes."""
    while True:
        asked, _, _ = select.select([0], [], [], READING_SECONDS)
        if asked and not os.read(0, 4096):
            return
        try:
            _say({"used": _readings()})
        except NvmlError as error:
            _say({"lost": str(error)})


def main() -> None:
    parser = argparse.ArgumentParser(description="Internal: started by the runner.")
    parser.add_argument("--once", action="store_true")
    once = parser.parse_args().once
    found = inventory()
    with contextlib.suppress(BrokenPipeError):  # the runner has gone
        _say(asdict(found))
        if not once and not found.problem:
            attend()
    os._exit(0)  # nothing is left to be written


if __name__ == "__main__":
    main()
