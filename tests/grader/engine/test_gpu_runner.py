"""The cuda profile where there is no GPU, or one that does not work: it says so, and the rest goes on."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.engine import Engine, Limits, errors
from grader.engine.sandbox import devices, nvml
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.support import honest_is_accepted, running, sandbox_works

pytestmark = pytest.mark.sandbox
NO_GPU_HERE = pytest.mark.skipif(not devices.problem(), reason="this machine has a GPU")


@pytest.fixture(scope="module")
def engine():
    with running(("numpy", "cuda")) as engine:
        yield engine


@NO_GPU_HERE
def test_status_says_that_there_is_no_gpu(engine):
    profile = engine.status()["profiles"]["cuda"]
    assert profile["unavailable"].startswith("no GPU: ")
    assert profile["ready"] is False
    assert profile["gpus"] == []


@NO_GPU_HERE
def test_a_session_on_a_gpu_is_refused_in_words(engine):
    with pytest.raises(errors.EngineUnavailable, match="no GPU: "):
        engine.open("cuda", Limits(seconds=1))


@NO_GPU_HERE
def test_the_other_profiles_go_on(engine):
    assert honest_is_accepted(engine)


@NO_GPU_HERE
def test_the_inventory_gives_the_same_reason():
    assert nvml.ask() == nvml.Inventory(problem=devices.problem())


@NO_GPU_HERE
def test_a_probe_says_what_is_missing():
    command = [sys.executable, "-m", "grader.engine.sandbox.probe", "GPU-00000000"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == "libcuda.so.1 cannot be loaded\n"


# A management library that names one GPU, compiled on the spot: the runner goes all the way to a child that
# finds no CUDA, and to a probe that finds no driver.
LIBRARY = """
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory;
int nvmlInit_v2(void) { return 0; }
const char *nvmlErrorString(int code) { return "an error"; }
int nvmlSystemGetDriverVersion(char *text, unsigned size) { strncpy(text, "570.00", size); return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (void *)1L; return 0; }
int nvmlDeviceGetUUID(void *device, char *text, unsigned size) {
  strncpy(text, "GPU-00000000-aaaa-bbbb-cccc-000000000000", size); return 0; }
int nvmlDeviceGetName(void *device, char *text, unsigned size) { strncpy(text, "Stand-in", size); return 0; }
int nvmlDeviceGetMinorNumber(void *device, unsigned *number) { *number = 0; return 0; }
int nvmlDeviceGetMemoryInfo(void *device, memory *info) {
  info->total = 8ULL << 30; info->used = 1ULL << 30; info->free = 7ULL << 30; return 0; }
"""
SETUP = """
import os, stat, sys
from grader.engine.sandbox import system
folder, socket = sys.argv[1:]
system.unshare(system.CLONE_NEWNS)
system.mount("", "/", "", system.MS_REC | system.MS_PRIVATE)
kept = {name: os.stat(f"/dev/{name}").st_rdev for name in ("null", "zero", "urandom")}
system.mount("tmpfs", "/dev", "tmpfs")
for name in ("nvidia0", "nvidiactl", "nvidia-uvm"):
    kept[name] = os.makedev(1, 5)
for name, number in kept.items():
    os.mknod(f"/dev/{name}", 0o666 | stat.S_IFCHR, number)
    os.chmod(f"/dev/{name}", 0o666)
environment = {"LD_LIBRARY_PATH": folder, "STRIDE_SANDBOX": "unsafe"}
command = [sys.executable, "-m", "grader.engine.runner", "--socket", socket, "--profiles", "numpy,cuda"]
os.execve(sys.executable, command, environment)
"""


@pytest.fixture(scope="module")
def broken_gpu():
    """A runner that finds a GPU with which nothing can be computed."""
    pytest.importorskip("torch")
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to make device files,")
    require_or_skip(shutil.which("cc") is not None, "a C compiler")
    folder = Path(tempfile.mkdtemp(prefix="gpu"))
    (folder / "nvml.c").write_text(LIBRARY)
    build = ["cc", "-shared", "-fPIC", "-o", folder / "libnvidia-ml.so.1", folder / "nvml.c"]
    subprocess.run(build, check=True)
    (folder / "libcuda.so.1").write_bytes(b"no library")
    process = subprocess.Popen([sys.executable, "-c", SETUP, folder, folder / "s"], cwd=PROJECT)
    yield Engine(folder / "s", wait_seconds=20)
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder)


def when(engine: Engine, condition, seconds: float = 60.0) -> dict:
    """The runner's status of the profile once it meets the condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            profile = engine.status()["profiles"]["cuda"]
        except errors.EngineUnavailable:
            profile = None
        if profile is not None and condition(profile):
            return profile
        time.sleep(0.1)
    raise AssertionError(f"it did not happen; last: {profile}")


def test_a_gpu_that_fails_goes_out_of_service_and_others_are_served(broken_gpu):
    profile = when(broken_gpu, lambda profile: "out of service" in profile["unavailable"])
    (gpu,) = profile["gpus"]
    assert (gpu["name"], gpu["node"], gpu["memory_mb"], gpu["used_mb"]) == (
        "Stand-in",
        "/dev/nvidia0",
        8192,
        1024,
    )
    assert gpu["problem"] in profile["unavailable"]
    assert gpu["problem"].startswith(
        ("RuntimeError: PyTorch is installed without CUDA", "libcuda.so.1 cannot")
    )
    assert profile["driver"] == "570.00"
    assert honest_is_accepted(broken_gpu)
    with pytest.raises(errors.EngineUnavailable, match="out of service: /dev/nvidia0"):
        broken_gpu.open("cuda", Limits(seconds=1))
