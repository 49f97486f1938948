"""A machine with two GPUs that are not there: everything is real but the driver and CUDA.

Two small libraries, compiled on the spot, take the place of the driver's: the management library gives the
memory in use that a file names, and the driver's `cuInit` the error that another file names. Device files
stand in a mount namespace of the runner's own. A virtual environment adds one module that runs at the start
of every interpreter and takes CUDA's calls out of `grader.engine.cuda`; what starts a context then fails
when a third file says so, and tensors for the GPU are on the CPU and say otherwise.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy

from grader.engine import Engine
from grader.engine.spawn import PROJECT

NVML = """
#include <stdio.h>
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory;
static unsigned long long number(const char *path, long index) {
  char name[512]; unsigned long long value = 0; FILE *file;
  snprintf(name, sizeof name, "%s%ld", path, index - 1);
  if ((file = fopen(name, "r"))) { if (fscanf(file, "%llu", &value) != 1) value = 0; fclose(file); }
  return value;
}
int nvmlInit_v2(void) { return 0; }
const char *nvmlErrorString(int code) { return "the GPU is lost"; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { snprintf(text, size, "570.00"); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
  *device = (void *)(long)(index + 1); return 0; }
int nvmlDeviceGetUUID(void *device, char *text, unsigned size) {
  snprintf(text, size, "GPU-00000000-aaaa-bbbb-cccc-00000000000%ld", (long)device - 1); return 0; }
int nvmlDeviceGetName(void *device, char *text, unsigned size) { snprintf(text, size, "Stand-in"); return 0; }
int nvmlDeviceGetMinorNumber(void *device, unsigned *minor) { *minor = (long)device - 1; return 0; }
int nvmlDeviceGetMemoryInfo(void *device, memory *info) {
  unsigned long long used = number(FOLDER "/used", (long)device);
  if (used == 999999) return 15;
  info->total = 16384ULL << 20; info->used = used << 20; info->free = info->total - info->used; return 0; }
"""
CUDA = """
#include <stdio.h>
#include <string.h>
static int failing(void) {
  int value = 0; FILE *file = fopen(FOLDER "/cuinit", "r");
  if (file) { if (fscanf(file, "%d", &value) != 1) value = 0; fclose(file); }
  return value;
}
static char memory[1 << 20];
static int started;
int cuInit(unsigned flags) { started = 1; return failing(); }
int cuDeviceGetCount(int *count) { *count = 2; return started ? 0 : 3; }
int cuDeviceGet(int *device, int index) { *device = 0; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = memory; return 0; }
int cuCtxSetCurrent(void *context) { return 0; }
int cuMemAlloc_v2(unsigned long long *place, size_t size) { *place = (unsigned long long)memory; return 0; }
int cuMemsetD8_v2(unsigned long long place, unsigned char value, size_t size) {
  memset((void *)place, value, size); return 0; }
int cuMemcpyDtoH_v2(void *to, unsigned long long from, size_t size) {
  memcpy(to, (void *)from, size); return 0; }
int cuMemFree_v2(unsigned long long place) { return 0; }
"""
# Runs at the start of every interpreter of the virtual environment.
PATCH = """
import os, time
from dataclasses import replace
from grader.engine import cuda, tensors
FOLDER = os.open({folder!r}, os.O_PATH)
def start(access):
    os.environ["CUDA_VISIBLE_DEVICES"] = access.uuid
    os.environ["STARTED"] = str(time.monotonic())
    if BROKEN:
        raise RuntimeError(f"CUDA does not start on {{access.node}}: unknown error")
BROKEN = False
cuda.start, cuda.limit_memory = start, lambda megabytes: None
real = cuda.assert_not_started
def look():
    global BROKEN  # in the zygote, before each fork: the child sees no such file
    real()
    try:
        os.stat("broken", dir_fd=FOLDER)
        BROKEN = True
    except FileNotFoundError:
        BROKEN = False
cuda.assert_not_started = look
DEVICE = "cpu"  # where the last tensor was said to be: all of them are on the CPU
revive, reduce = tensors.from_wire, tensors.to_wire
def from_wire(value):
    global DEVICE
    DEVICE = value.device
    return revive(replace(value, device="cpu"))
def to_wire(tensor):
    value = reduce(tensor)
    return replace(value, device="cuda:0") if DEVICE == "cuda" else value
tensors.from_wire, tensors.to_wire = from_wire, to_wire
"""
SETUP = """
import os, stat, sys
from grader.engine.sandbox import system
folder, *command = sys.argv[1:]
system.unshare(system.CLONE_NEWNS)
system.mount("", "/", "", system.MS_REC | system.MS_PRIVATE)
kept = {name: os.stat(f"/dev/{name}").st_rdev for name in ("null", "zero", "urandom")}
system.mount("tmpfs", "/dev", "tmpfs")
for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
    kept[name] = os.makedev(1, 5)  # as harmless as /dev/zero
for name, number in kept.items():
    os.mknod(f"/dev/{name}", 0o666 | stat.S_IFCHR, number)
    os.chmod(f"/dev/{name}", 0o666)
os.execve(sys.executable, [sys.executable, "-m", *command], {"LD_LIBRARY_PATH": folder})
"""


class Machine:
    """The runner on that machine, and what its GPUs do."""

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder = folder
        self.python = python
        self.engine = Engine(folder / "s", wait_seconds=30)

    def use(self, megabytes: int, gpu: int = 0) -> None:
        """So much of its memory is in use; 999999: the driver has lost it."""
        self._write(f"used{gpu}", str(megabytes))

    def fail(self, *, context: bool = False, driver: int = 0) -> None:
        """No context can be made; `cuInit` gives this error."""
        self._write("cuinit", str(driver))
        broken = self.folder / "broken"
        broken.touch() if context else broken.unlink(missing_ok=True)

    def run(self, *command: str) -> str:
        """What a module prints on this machine."""
        words = [self.python, "-c", SETUP, self.folder, *command]
        return subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True).stdout

    def _write(self, name: str, text: str) -> None:
        fresh = self.folder / f"{name}.new"
        fresh.write_text(text)
        fresh.rename(self.folder / name)

    def status(self) -> dict:
        return self.engine.status()["profiles"]["cuda"]


def python_with(folder: Path) -> Path:
    """A virtual environment with this one's packages, the project and the patch."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (site,) = (folder / "venv" / "lib").glob("*/site-packages")
    (site / "here.pth").write_text(
        f"{Path(numpy.__file__).parents[1]}\n{PROJECT}\nimport gpu_stand_in_patch\n"
    )
    (site / "gpu_stand_in_patch.py").write_text(PATCH.format(folder=str(folder)))
    return folder / "venv" / "bin" / "python"


@contextlib.contextmanager
def machine(*options: str, profiles: str = "cuda", computes: bool = True) -> Iterator[Machine]:
    """A runner with the cuda profile on a machine with two such GPUs; without `computes` CUDA is not
    taken out, so that no context can be made.
    """
    folder = Path(tempfile.mkdtemp(prefix="gpus"))
    folder.chmod(0o755)
    for name, source in (("libnvidia-ml.so.1", NVML), ("libcuda.so.1", CUDA)):
        (folder / "source.c").write_text(source)
        where = [f'-DFOLDER="{folder}"', "-o", folder / name, folder / "source.c"]
        subprocess.run(["cc", "-shared", "-fPIC", *where], check=True)
    found = Machine(folder, python_with(folder) if computes else Path(sys.executable))
    for gpu in (0, 1):
        found.use(500, gpu)
    runner = ["grader.engine.runner", "--socket", folder / "s", "--profiles", profiles, *options]
    process = subprocess.Popen([found.python, "-c", SETUP, folder, *runner], cwd=PROJECT)
    try:
        yield found
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)
