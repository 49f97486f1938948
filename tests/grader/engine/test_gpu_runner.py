"""The cuda profile where there is no GPU, or one that does not work: it says so, and the rest goes on."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from grader.engine import Engine, Limits, errors
from grader.engine.sandbox import devices, nvml
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.gpu_stand_in import machine
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


@pytest.fixture(scope="module")
def broken():
    """A runner that finds GPUs with which nothing can be computed."""
    pytest.importorskip("torch")
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to make device files,")
    require_or_skip(shutil.which("cc") is not None, "a C compiler")
    with machine(profiles="numpy,cuda", computes=False) as found:
        yield found


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


def test_gpus_that_fail_go_out_of_service_and_others_are_served(broken):
    profile = when(broken.engine, lambda profile: "out of service" in profile["unavailable"])
    for gpu in profile["gpus"]:
        assert gpu["problem"] in profile["unavailable"]
        assert "PyTorch is installed without CUDA" in gpu["problem"]
    assert honest_is_accepted(broken.engine)
    with pytest.raises(errors.EngineUnavailable, match="out of service: /dev/nvidia0"):
        broken.engine.open("cuda", Limits(seconds=1))


def test_the_doctor_says_what_the_runner_says(broken):
    when(broken.engine, lambda profile: "out of service" in profile["unavailable"])
    shown = broken.run("grader.engine.doctor", "--socket", str(broken.folder / "s"))
    assert "numpy: ready" in shown
    assert "cuda: out of service: /dev/nvidia0 (Stand-in)" in shown
    assert "/dev/nvidia1 Stand-in: RuntimeError: PyTorch is installed without CUDA" in shown


def test_the_doctor_lists_gpus_and_what_is_missing(broken):
    shown = broken.run("grader.engine.doctor")
    gpus = "Stand-in (16,384 MB, /dev/nvidia0), Stand-in (16,384 MB, /dev/nvidia1)"
    assert f"found   GPU: {gpus}; driver 570.00" in shown
    assert "found   GPU sandbox" in shown
    assert "PyTorch for CUDA" in shown


def test_the_doctor_says_why_there_is_no_gpu():
    done = subprocess.run(
        [sys.executable, "-m", "grader.engine.doctor"], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert ("MISSING GPU (optional): no GPU: " in done.stdout) == bool(devices.problem())
