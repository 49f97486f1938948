"""Parts of the sandbox that can be looked at one by one."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from grader.engine.sandbox import cgroups, features, seccomp, syscalls, system
from grader.engine.sandbox.plan import Plan
from grader.engine.sandbox.root import _outermost
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works

pytestmark = pytest.mark.skipif(syscalls.MACHINE not in syscalls.MACHINES, reason="no system-call table")


def verdict(number: int, *arguments: int, arch: int = syscalls.AUDIT_ARCH, on_gpu: bool = False) -> int:
    """Interpret the filter for one system call."""
    data = {0: number & 0xFFFFFFFF, 4: arch}
    for index in range(6):
        value = arguments[index] if index < len(arguments) else 0
        data[16 + 8 * index] = value & 0xFFFFFFFF
        data[20 + 8 * index] = value >> 32 & 0xFFFFFFFF
    code, at, loaded = seccomp.program(on_gpu=on_gpu), 0, 0
    while True:
        kind, yes, no, operand = code[at]
        at += 1
        if kind == 0x20:
            loaded = data[operand]
        elif kind == 0x06:
            return operand
        elif kind == 0x54:
            loaded &= operand
        else:
            holds = {0x15: loaded == operand, 0x35: loaded >= operand, 0x45: bool(loaded & operand)}[kind]
            at += yes if holds else no


@pytest.mark.parametrize("name", sorted(syscalls.ALLOWED))
def test_allowed_calls_are_allowed(name):
    assert verdict(syscalls.ALLOWED[name]) == seccomp.ALLOW


@pytest.mark.parametrize("name", sorted(syscalls.KILLED))
def test_dangerous_calls_kill(name):
    assert verdict(syscalls.KILLED[name]) == seccomp.KILL


def test_every_other_call_is_denied():
    known = {*syscalls.ALLOWED.values(), *syscalls.KILLED.values(), *syscalls.CHECKED.values()}
    assert {verdict(number) for number in range(500) if number not in known} == {seccomp.DENY}


def test_another_architecture_kills():
    assert verdict(0, arch=0x40000003) == seccomp.KILL


@pytest.mark.skipif(syscalls.MACHINE != "x86_64", reason="x32 exists on x86-64 only")
def test_x32_kills():
    assert verdict(0x40000000) == seccomp.KILL


CHECKED = syscalls.CHECKED


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (0x3D0F00,), seccomp.ALLOW),  # what pthread_create asks for
        ("clone", (0x01200011,), seccomp.DENY),  # fork
        ("clone", (0x10010000,), seccomp.KILL),
        ("clone", (0x3D0F00 | 0x20000000,), seccomp.KILL),
        ("clone3", (), seccomp.ABSENT),
        ("fcntl", (3, 3), seccomp.ALLOW),
        ("fcntl", (3, 1024), seccomp.DENY),
        ("fcntl", (3, 8), seccomp.DENY),
        ("ioctl", (1, 0x5401), seccomp.ALLOW),
        ("ioctl", (1, 0x5412), seccomp.DENY),
        ("prctl", (15,), seccomp.ALLOW),
        ("prctl", (22,), seccomp.DENY),
        ("prlimit64", (0, 7, 0), seccomp.ALLOW),
        ("prlimit64", (0, 7, 0x7FFF00000000), seccomp.DENY),
        ("prlimit64", (0, 7, 0x1000), seccomp.DENY),
    ],
)
def test_arguments_decide(name, arguments, expected):
    assert verdict(CHECKED[name], *arguments) == expected


@pytest.mark.parametrize(
    ("plan", "tier"),
    [
        (Plan(namespaces=True, seccomp=True, landlock=6, cgroups=True), "full"),
        (Plan(namespaces=True, seccomp=True, landlock=5, cgroups=True), "reduced"),
        (Plan(namespaces=True, seccomp=True, landlock=7), "reduced"),
        (Plan(namespaces=True, landlock=7, cgroups=True), "refused"),
        (Plan(seccomp=True, landlock=7, cgroups=True), "refused"),
        (Plan(seccomp=True, unsafe=True), "unsafe"),
        (Plan(), "refused"),
    ],
)
def test_what_is_missing_decides_the_tier(plan, tier):
    assert plan.tier == tier


def feature(name: str, found: bool, required: bool = True) -> features.Feature:
    return features.Feature(name, found, required, "")


def test_unsafe_counts_only_where_something_required_is_missing():
    names = ("namespaces", "seccomp", "capability drop")
    complete = [feature(name, True) for name in names] + [feature("control groups", False, required=False)]
    lacking = [feature(name, name != "seccomp") for name in names] + [
        feature("control groups", True, required=False)
    ]
    assert features.plan(complete, unsafe=True).unsafe is False
    assert features.plan(lacking, unsafe=True).tier == "unsafe"
    assert features.plan(lacking, unsafe=False).tier == "refused"


def test_folders_inside_others_are_not_bound_twice():
    assert _outermost(["/usr/lib/python3", "/usr/lib", "/usr/library", "/usr/lib/x"]) == [
        "/usr/lib",
        "/usr/library",
    ]


def test_a_version_2_group_writes_what_the_kernel_documents(tmp_path):
    hierarchy = cgroups.Hierarchy({"memory": tmp_path, "pids": tmp_path}, 2)
    group = hierarchy.make("child")
    folder = tmp_path / "child"
    for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max"):
        (folder / name).touch()  # as the kernel does
    group.limit(64, 8)
    assert (folder / "memory.max").read_text() == str(64 << 20)
    assert (folder / "memory.swap.max").read_text() == "0"
    assert (folder / "memory.oom.group").read_text() == "1"
    assert (folder / "pids.max").read_text() == "8"
    (folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (folder / "memory.peak").write_text(str(3 << 20))
    (folder / "memory.events").write_text("oom 1\noom_kill 1\n")
    assert (group.cpu_seconds(), group.peak_memory_mb(), group.ran_out_of_memory()) == (2.5, 3.0, True)


def test_the_engine_needs_nothing_of_the_rest_of_the_project():
    code = "import sys, grader.engine.runner, grader.engine.zygote, grader.engine.doctor\n"
    code += "others = {'django', 'exercises', 'config', 'celery', 'quizbank'}\n"
    code += "print(sorted(others & {name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert done.stdout.strip() == "[]"


def test_nothing_in_the_engine_unpickles():
    for path in (Path(PROJECT) / "grader" / "engine").rglob("*.py"):
        assert "import pickle" not in path.read_text()


def without_mount_setattr() -> None:
    """The probe of namespaces, where a container's filter denies the newer call."""
    real = system.syscall

    def denied(name: str, *arguments: object) -> int:
        if name == "mount_setattr":
            raise OSError(errno.EPERM, "mount_setattr")
        return real(name, *arguments)

    system.syscall = denied
    features._try_namespaces()
    try:
        (Path("/usr/lib") / "canary").write_text("x")
    except OSError as error:
        if error.errno == errno.EROFS:
            return
    raise RuntimeError("the library folder can be written")


def test_the_minimal_root_is_read_only_without_mount_setattr_as_well():
    require_or_skip(sandbox_works(), "a kernel that lets the sandbox work")
    assert features._in_throwaway(without_mount_setattr) == ""
