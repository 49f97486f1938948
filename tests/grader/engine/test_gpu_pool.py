"""Places on GPUs, with a driver that stands in for one: who gets which, what happens when one fails."""

import contextlib
import os
import shutil
import textwrap
import time

import pytest

from exercises import catalogue
from grader.engine import Limits, errors
from grader.judge import judge
from tests.clocks import eventually
from tests.conftest import require_or_skip
from tests.grader.engine.gpu_stand_in import Machine, machine
from tests.grader.engine.support import sandbox_works

pytestmark = [pytest.mark.sandbox, pytest.mark.torch]

SOURCE = b"""
import os
def where(): return os.environ["CUDA_VISIBLE_DEVICES"][-1]
def started(): return float(os.environ["STARTED"])
def raise_cuda(): raise RuntimeError("CUDA error: an illegal memory access was encountered")
def crash(): os.abort()
def wait():
    import time
    time.sleep(30)
def gpus():
    found = []
    for number in range(2):
        try:
            os.close(os.open(f"/dev/nvidia{number}", os.O_RDWR))
            found.append(number)
        except OSError:
            pass
    return found
"""
ROOMY = Limits(seconds=20, memory_mb=256, device_memory_mb=1024)


@pytest.fixture(scope="module")
def gpus():
    pytest.importorskip("torch")
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to make device files,")
    require_or_skip(shutil.which("cc") is not None, "a C compiler")
    with machine("--jobs", "4") as found:
        until(lambda: all(standby(found)), 60)
        yield found


def until(condition, seconds: float = 20.0) -> None:
    def met() -> bool:
        with contextlib.suppress(errors.EngineUnavailable):  # the runner is starting
            return bool(condition())
        return False

    assert eventually(met, seconds), "it did not happen in time"


def standby(found: Machine) -> list[bool]:
    status = found.status()
    return [status["standby"] == 2, status["ready"]]


def session(found: Machine):
    opened = found.engine.open("cuda", ROOMY)
    opened.load(SOURCE)
    return opened


def busy(found: Machine) -> list[bool]:
    return [gpu["busy"] for gpu in found.status()["gpus"]]


def test_the_status_names_driver_and_gpus(gpus):
    status = gpus.status()
    assert status["driver"] == "570.00"
    assert [(gpu["node"], gpu["memory_mb"], gpu["used_mb"], gpu["problem"]) for gpu in status["gpus"]] == [
        ("/dev/nvidia0", 16384, 500, ""),
        ("/dev/nvidia1", 16384, 500, ""),
    ]


def test_each_candidate_has_a_gpu_of_its_own(gpus):
    with session(gpus) as one, session(gpus) as two:
        given = {one.call("where").value, two.call("where").value}
        assert given == {"0", "1"}
        assert one.call("gpus").value == [int(one.call("where").value)]
        assert busy(gpus) == [True, True]
    until(lambda: busy(gpus) == [False, False])


def test_a_third_candidate_waits_until_a_gpu_is_free(gpus):
    gpus.engine.wait_seconds = 0.7
    with session(gpus), session(gpus), pytest.raises(errors.EngineUnavailable, match="no place became free"):
        gpus.engine.open("cuda", ROOMY)
    gpus.engine.wait_seconds = 30
    with session(gpus) as after:
        assert after.call("where").value in ("0", "1")


def test_one_child_waits_beside_the_one_in_use(gpus):
    until(lambda: all(standby(gpus)))
    with session(gpus):
        until(lambda: gpus.status()["standby"] == 2)
        time.sleep(0.5)
        assert gpus.status()["standby"] == 2


@pytest.mark.parametrize(("name", "verdict"), [("crash", "runtime_error"), ("wait", "time_limit")])
def test_after_a_crash_or_a_kill_the_next_one_is_served(gpus, name, verdict):
    limits = Limits(seconds=2 if name == "wait" else 20, memory_mb=256)
    with gpus.engine.open("cuda", limits) as bad:
        bad.load(SOURCE)
        with pytest.raises(errors.CandidateFault) as caught:
            bad.call(name)
        assert caught.value.verdict == verdict
    with session(gpus) as good:
        assert good.call("where").value in ("0", "1")


def test_after_a_cuda_error_what_waited_beside_is_replaced(gpus):
    until(lambda: all(standby(gpus)))
    with session(gpus) as first, session(gpus) as second:
        until(lambda: gpus.status()["standby"] == 2)
        failed_at = time.monotonic()
        for one in (first, second):
            with pytest.raises(errors.CandidateRaised, match="illegal memory access"):
                one.call("raise_cuda")
    with session(gpus) as first, session(gpus) as second:
        assert min(first.call("started").value, second.call("started").value) > failed_at


def test_an_exercise_is_judged_there_with_all_its_cases(gpus):
    exercise = catalogue.load("bn-eval-mode-bug")
    report = judge(exercise, exercise.solutions[0].source.encode(), engine=gpus.engine, seed=5)
    assert (report.device, report.verdict, report.score) == ("cuda", "accepted", 1.0)
    assert len(report.cases) == len(exercise.cases)
    unrepaired = b"import torch\ndef fix_inference(server, x): return server.predict(x)"
    assert judge(exercise, unrepaired, engine=gpus.engine, seed=5).verdict == "wrong_answer"


def test_memory_beyond_the_limit_ends_the_candidate(gpus):
    until(lambda: all(standby(gpus)))
    with session(gpus) as hog:
        number = int(hog.call("where").value)
        gpus.use(500 + 1024 + 2000, number)
        with pytest.raises(errors.MemoryLimit, match="or of 1024 MB on the GPU"):
            hog.call("wait")
    gpus.use(500, number)
    with session(gpus) as after:
        assert after.call("where").value in ("0", "1")


def test_a_gpu_is_not_given_out_before_its_memory_is_free(gpus):
    until(lambda: all(standby(gpus)))
    with session(gpus) as one:
        number = int(one.call("where").value)
        gpus.use(500 + 900, number)  # within the limit
    with session(gpus) as next_one:
        assert int(next_one.call("where").value) != number
        assert gpus.status()["gpus"][number]["problem"] == ""
    gpus.use(500, number)
    with session(gpus), session(gpus):
        assert busy(gpus) == [True, True]


def test_a_gpu_that_starts_no_context_is_probed_goes_and_comes_back(gpus):
    until(lambda: all(standby(gpus)))
    gpus.fail(context=True, driver=999)
    for _ in range(2):  # use up the children that wait
        with session(gpus) as last:
            last.call("where")
    until(lambda: "out of service" in gpus.status()["unavailable"], 40)
    assert all("cuInit: error 999" in gpu["problem"] for gpu in gpus.status()["gpus"])
    with pytest.raises(
        errors.EngineUnavailable, match=r"out of service: /dev/nvidia0 \(Stand-in\): cuInit: error"
    ):
        gpus.engine.open("cuda", ROOMY)
    gpus.fail()
    until(lambda: gpus.status()["unavailable"] == "" and gpus.status()["standby"] == 2, 90)
    with session(gpus) as again:
        assert again.call("where").value in ("0", "1")


def test_a_gpu_that_the_driver_loses_blames_nobody(gpus):
    until(lambda: all(standby(gpus)))
    with session(gpus) as unlucky:
        number = int(unlucky.call("where").value)
        gpus.use(999999, number)
        with pytest.raises(errors.EngineFault):
            unlucky.call("wait")
    until(lambda: "the GPU is lost" in gpus.status()["gpus"][number]["problem"])
    with session(gpus) as other:
        assert int(other.call("where").value) != number
    gpus.use(500, number)
    until(lambda: gpus.status()["standby"] == 2, 60)


HOSTILE = {
    "executes a file in memory": (
        "sandbox_violation",
        """
        file = os.memfd_create("x")
        os.write(file, b"#!/bin/sh")
        os.execve(file, ["x"], {})
        """,
    ),
    "fills memory with files in memory": (
        "memory_limit",
        """
        files = [os.memfd_create(f"x{n}") for n in range(64)]
        for file in files:
            for _ in range(64):
                os.write(file, bytes(1 << 20))
        """,
    ),
    "uncovers the other GPU": ("sandbox_violation", "ctypes.CDLL(None).umount2(b'/dev/nvidia1', 2)"),
    "mounts a /proc of the whole machine": (
        "sandbox_violation",
        "ctypes.CDLL(None).mount(b'proc', b'/scratch', b'proc', 0, None)",
    ),
    "opens a socket": ("runtime_error", "import socket; socket.socket()"),
    "sends a signal to its parent": ("runtime_error", "os.kill(os.getppid() or 2, 9)"),
    "reads what the host hides": ("runtime_error", "open('/.proc/sys/kernel/hostname').read()"),
    "reads another process": ("runtime_error", "open('/proc/2/maps').read()"),
    "writes to the kernel's files": ("runtime_error", "open('/sys/devices/system/cpu/cpu0/online', 'w')"),
    "types into a terminal": ("runtime_error", "import fcntl; fcntl.ioctl(3, 0x5412, b'x')"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_gpu_needs_opens_no_way_out(gpus, name):
    verdict, body = HOSTILE[name]
    source = "import ctypes, os\ndef solve():\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    with gpus.engine.open("cuda", Limits(seconds=10, memory_mb=256)) as hostile:
        hostile.load(source.encode())
        with pytest.raises(errors.CandidateFault) as caught:
            hostile.call("solve")
    assert caught.value.verdict == verdict, caught.value
    with session(gpus) as honest:
        assert honest.call("where").value in ("0", "1")
