"""NVIDIA GPUs as the sandbox sees them: which files a candidate needs besides, and of which GPU.

What the driver wants to find was read in public reports of other sandboxes, with their error codes, and
has not been tried here on a GPU (docs/gpu.md): device nodes that may be opened and controlled, a few
read-only files of /proc and /sys, and a /proc of its own in which it may name its threads. Without one
of these, CUDA's start ends with error 304.
"""

import glob
import os
import re
from dataclasses import asdict, dataclass
from typing import Any

CONTROL_NODES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
KERNEL_FILES = (
    "/proc/driver/nvidia",
    "/proc/driver/nvidia-uvm",
    "/proc/devices",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/mmap_min_addr",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system",
    "/sys/module/nvidia",
    "/sys/module/nvidia_uvm",
    "/sys/bus/pci/devices",
)
_PCI_TREES = "/sys/devices/pci*"  # where the links of /sys/bus/pci/devices lead
LIBRARY = "libcuda.so.1"
# Where the driver's libraries lie when they are in none of the loader's usual folders.
_GIVEN = (path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path.startswith("/"))
LIBRARY_FOLDERS = (*_GIVEN, "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib")
_UUID = re.compile(r"(GPU|MIG)-[0-9a-fA-F-]{8,80}")
_NODE = re.compile(r"/dev/nvidia\d{1,3}")


@dataclass(frozen=True)
class Access:
    """The one GPU that a candidate may use: its identity for CUDA, and its device node."""

    uuid: str
    node: str

    def __post_init__(self) -> None:
        if not _UUID.fullmatch(self.uuid) or not _NODE.fullmatch(self.node):
            raise ValueError(f"no GPU: {self.uuid!r} at {self.node!r}")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def nodes(folder: str = "/dev") -> list[str]:
    """The device nodes of the GPUs themselves, in the order of their numbers."""
    found = [path for path in glob.glob(f"{folder}/nvidia[0-9]*") if path.rpartition("nvidia")[2].isdigit()]
    return sorted(found, key=lambda path: int(path.rpartition("nvidia")[2]))


def others(access: Access) -> list[str]:
    """The device nodes that a candidate with this access must not reach."""
    return [path for path in nodes() if path != access.node]


def device_files() -> tuple[str, ...]:
    """Every device node that is there and that CUDA opens."""
    return (*(path for path in CONTROL_NODES if os.path.exists(path)), *nodes())


def kernel_files() -> tuple[str, ...]:
    """Files and folders of /proc and /sys that are there and that the driver reads."""
    return (*(path for path in KERNEL_FILES if os.path.exists(path)), *sorted(glob.glob(_PCI_TREES)))


def library_folders() -> set[str]:
    """Folders that hold the driver's libraries, among the usual ones and those of the loader's cache."""
    usual = (*LIBRARY_FOLDERS, "/lib64", "/usr/lib64", *glob.glob("/usr/lib/*-linux-gnu"))
    found = {folder for folder in usual if os.path.exists(os.path.join(folder, LIBRARY))}
    return {os.path.realpath(folder) for folder in found}


def problem() -> str:
    """Why no candidate can use a GPU here, in words; nothing where one can be tried."""
    if not nodes() and not os.path.exists("/dev/nvidiactl"):
        return "no GPU: there is no /dev/nvidiactl and no /dev/nvidia0"
    if not nodes():
        return (
            "no GPU: the driver is there, but no device /dev/nvidia0 is visible in this machine or container"
        )
    absent = [path for path in CONTROL_NODES[:2] if not os.path.exists(path)]
    if absent:
        return f"no GPU: {' and '.join(absent)} missing; 'nvidia-modprobe -u -c 0' on the host makes them"
    if not library_folders():
        return f"no GPU: {LIBRARY} is missing; the container needs the driver's 'compute' libraries"
    return ""
