"""The search for what stops CUDA, on calls that the filter is known to deny."""

import subprocess
import sys

import pytest

from grader.engine import gpu_trial
from grader.engine.sandbox import devices, syscalls
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works

# A process of its own, with one thread, as the command has.
SCRIPT = """
import fcntl, os, sys
from grader.engine import gpu_trial
from grader.engine.sandbox import root
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan

def attempt():
    with open("a file", "w") as file:
        if sys.argv[1] == "calls":
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fsync(file.fileno())
        elif sys.argv[1] == "dies":
            os.abort()
        elif sys.argv[1] == "outside":
            raise OSError("no such device")

os.chdir("/tmp")
tree = root.Tree((sys.base_prefix, "/usr/lib", "/lib", "/etc/ld.so.cache"), (), (), own_proc=True)
access = Access("GPU-00000000", "/dev/nvidia0")
print(gpu_trial.report(attempt, access, tree, Plan(namespaces=True, seccomp=True)))
"""


def shown(what: str) -> str:
    require_or_skip(sandbox_works(), "a kernel that lets the sandbox work")
    command = [sys.executable, "-c", SCRIPT, what]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.sandbox
@pytest.mark.skipif(syscalls.MACHINE != "x86_64", reason="the numbers are those of x86-64")
def test_denied_calls_are_found_by_number():
    text = shown("calls")
    assert "with Landlock: ok" in text
    assert "with the system-call filter: PermissionError" in text
    assert "allowed besides, by number: 74, 73" in text or "allowed besides, by number: 73, 74" in text


@pytest.mark.sandbox
def test_all_steps_go_well_where_nothing_is_denied():
    text = shown("nothing")
    assert text.count(": ok") == 4
    assert text.endswith("True\n")


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("what", "why"), [("outside", "OSError: no such device"), ("dies", "ended with signal 6")]
)
def test_the_first_step_that_fails_is_named(what, why):
    text = shown(what)
    assert text == f"  outside of the sandbox: {why}\nFalse\n"


def test_calls_that_help_only_together_are_all_found():
    needed = {7, 30, 31}
    found = gpu_trial.missing_calls(lambda more: needed <= more, list(range(40)))
    assert set(found) == needed
    assert gpu_trial.missing_calls(lambda more: False, list(range(40))) is None
    assert gpu_trial.missing_calls(lambda more: True, list(range(40))) == []


def test_calls_that_kill_are_never_tried():
    assert not set(gpu_trial.candidates()) & set(syscalls.KILLED.values())
    assert syscalls.CHECKED["ioctl"] in gpu_trial.candidates()


@pytest.mark.skipif(not devices.problem(), reason="this machine has a GPU")
def test_without_a_gpu_the_command_says_so():
    command = [sys.executable, "-m", "grader.engine.gpu_trial"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, f"{devices.problem()}\n")
