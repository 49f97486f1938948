"""The sandbox of a GPU's candidates, with device files that stand in for a GPU where there is none."""

import json
import os
import subprocess
import sys

import pytest

from grader.engine import packages
from grader.engine.packages import _required
from grader.engine.profiles import PROFILES
from grader.engine.sandbox import devices, seccomp, syscalls
from grader.engine.sandbox.devices import Access
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works
from tests.grader.engine.test_sandbox import verdict

ACCESS = Access("GPU-00000000-aaaa-bbbb-cccc-000000000000", "/dev/nvidia0")


def on_gpu(number: int, *arguments: int) -> int:
    return verdict(number, *arguments, on_gpu=True)


@pytest.mark.parametrize("name", sorted(syscalls.ALLOWED | syscalls.ALLOWED_ON_GPU))
def test_what_the_driver_calls_is_allowed_on_a_gpu(name):
    assert on_gpu((syscalls.ALLOWED | syscalls.ALLOWED_ON_GPU)[name]) == seccomp.ALLOW


@pytest.mark.parametrize("name", sorted(syscalls.ALLOWED_ON_GPU))
def test_none_of_that_is_allowed_on_a_cpu(name):
    assert verdict(syscalls.ALLOWED_ON_GPU[name]) == seccomp.DENY


@pytest.mark.parametrize("name", sorted(syscalls.KILLED))
def test_dangerous_calls_go_through_nowhere(name):
    assert on_gpu(syscalls.KILLED[name]) in (seccomp.KILL, seccomp.DENY)


def test_attacks_on_the_kernel_still_kill():
    for name in ("execve", "ptrace", "bpf", "io_uring_setup", "mount", "unshare", "setns", "keyctl"):
        assert on_gpu(syscalls.KILLED[name]) == seccomp.KILL


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (0x5401, seccomp.ALLOW),  # is it a terminal
        (0xC020462B, seccomp.ALLOW),  # a command of the GPU's module, type "F"
        (0xC0104600 | 0xC8, seccomp.ALLOW),
        (0x25, seccomp.ALLOW),  # a command of unified memory
        (0x30000001, seccomp.ALLOW),
        (0x30000002, seccomp.ALLOW),
        (0x30000003, seccomp.DENY),
        (0x5412, seccomp.DENY),  # type into a terminal
        (0x40086602, seccomp.DENY),  # flags of a file
        (0x100, seccomp.DENY),
        (0x8912, seccomp.DENY),  # network interfaces
    ],
)
def test_only_the_drivers_commands_reach_a_device(command, expected):
    assert on_gpu(syscalls.CHECKED["ioctl"], 5, command) == expected
    if expected == seccomp.ALLOW and command != 0x5401:
        assert verdict(syscalls.CHECKED["ioctl"], 5, command) == seccomp.DENY


@pytest.mark.parametrize(
    ("uuid", "node"),
    [("GPU-1", "/dev/nvidia0"), (ACCESS.uuid, "/dev/sda"), (ACCESS.uuid, "/dev/nvidia0/../sda"), ("", "")],
)
def test_an_access_names_a_gpu_and_nothing_else(uuid, node):
    with pytest.raises(ValueError, match="no GPU"):
        Access(uuid, node)


def test_gpus_are_counted_in_the_order_of_their_numbers(tmp_path):
    for name in ("nvidia10", "nvidia2", "nvidia0", "nvidiactl", "nvidia-uvm", "nvidia0x"):
        (tmp_path / name).touch()
    assert [path.rpartition("/")[2] for path in devices.nodes(str(tmp_path))] == [
        "nvidia0",
        "nvidia2",
        "nvidia10",
    ]


def test_packages_behind_extras_are_shown():
    lines = [
        'cuda-toolkit[cublas,nvrtc]==13.0.2; platform_system == "Linux"',
        "sympy>=1.13",
        'optree>=0.13; extra == "optree"',
        "nvidia.cublas==13.*; extra == 'cublas'",
    ]
    assert list(_required(lines, frozenset())) == [
        ("cuda-toolkit", frozenset({"cublas", "nvrtc"})),
        ("sympy", frozenset()),
    ]
    assert ("nvidia-cublas", frozenset()) in list(_required(lines, frozenset({"cublas"})))


def test_the_interpreter_can_be_started_from_the_files_that_are_shown():
    """A build with a shared libpython needs that file as well, wherever it lies."""
    shown = packages.tree("numpy").folders
    needed = [path for path in packages._mapped() if "libpython" in path] + [packages.interpreter()]
    assert all(path in shown or os.path.dirname(path) in shown for path in needed)


# In a mount namespace of its own, /dev holds files that stand for two GPUs; then a real zygote's and a real
# child's way into the sandbox, and what the child finds there.
SCRIPT = """
import errno, fcntl, json, os, resource, socket, stat, sys
from grader.engine.sandbox import devices, features, lockdown, namespaces, root, system
from grader.engine.sandbox.devices import Access

def outcome(attempt):
    try:
        return attempt()
    except OSError as error:
        return errno.errorcode[error.errno]

def opened(path, flags=os.O_RDONLY):
    os.close(os.open(path, flags))
    return "ok"

def written(path):
    with open(path, "w") as file:
        file.write("a name")
    return "ok"

def commanded(number):
    fcntl.ioctl(os.open("/dev/nvidia0", os.O_RDWR), number)
    return "ok"

def look():
    return {
        "own gpu": outcome(lambda: opened("/dev/nvidia0", os.O_RDWR)),
        "other gpu": outcome(lambda: opened("/dev/nvidia1", os.O_RDWR)),
        "control": outcome(lambda: opened("/dev/nvidiactl", os.O_RDWR)),
        "unified memory": outcome(lambda: opened("/dev/nvidia-uvm", os.O_RDWR)),
        "uncover": outcome(lambda: (os.remove("/dev/nvidia1"), "ok")[1]),
        "name a thread": outcome(lambda: written(f"/proc/self/task/{os.getpid()}/comm")),
        "thread-self": outcome(lambda: opened("/proc/thread-self/maps")),
        "processes": sorted(name for name in os.listdir(root.OWN_PROC) if name.isdigit()),
        "the rest of proc": sorted(set(os.listdir(root.OWN_PROC)) - {"1", "self", "thread-self"}),
        "devices": outcome(lambda: opened("/proc/devices")),
        "write a kernel file": outcome(lambda: opened("/proc/sys/vm/overcommit_memory", os.O_WRONLY)),
        "kernel settings": outcome(lambda: opened("/proc/sys/kernel/hostname")),
        "topology": outcome(lambda: opened("/sys/devices/system/cpu/possible")),
        "network devices": outcome(lambda: os.listdir("/sys/class/net")),
        "memory file": outcome(lambda: (os.close(os.memfd_create("x")), "ok")[1]),
        "socket": outcome(lambda: socket.socket() and "ok"),
        "password file": outcome(lambda: opened("/etc/passwd")),
        "device command": outcome(lambda: commanded(0xC020462B)),
        "other command": outcome(lambda: commanded(0x40086602)),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }

os.dup2(1, 4)
system.unshare(system.CLONE_NEWNS)
system.mount("", "/", "", system.MS_REC | system.MS_PRIVATE)
kept = {name: os.stat(f"/dev/{name}").st_rdev for name in ("null", "zero", "urandom")}
system.mount("tmpfs", "/dev", "tmpfs")
for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
    kept[name] = os.makedev(1, 5)  # as harmless as /dev/zero
for name, number in kept.items():
    os.mknod(f"/dev/{name}", 0o666 | stat.S_IFCHR, number)
    os.chmod(f"/dev/{name}", 0o666)
plan = features.plan(features.examine(), unsafe=False)
folders = (*sys.argv[1:], "/etc/ld.so.cache")
tree = root.Tree(folders, (), (), devices.device_files(), devices.kernel_files(), own_proc=True)
access = Access("GPU-00000000-aaaa-bbbb-cccc-000000000000", "/dev/nvidia0")
proc = namespaces.enter_zygote(tree)
pid = os.fork()
if pid == 0:
    try:
        lockdown.lock(plan, os.dup(4), proc, access)  # which keeps this descriptor only, as number 3
        found, where = look(), lockdown.CHANNEL
    except BaseException as error:
        found, where = f"{type(error).__name__}: {error}", 4
    os.write(where, json.dumps(found).encode())
    os._exit(0)
os.waitpid(pid, 0)
"""


@pytest.fixture(scope="module")
def inside():
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to make device files,")
    folders = [path for path in {sys.base_prefix, sys.prefix, "/usr/lib", "/lib"} if os.path.isdir(path)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *folders], cwd=PROJECT, text=True, timeout=60, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict), found
    return found


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        ("own gpu", "ok"),
        ("control", "ok"),
        ("unified memory", "ok"),
        ("name a thread", "ok"),
        ("thread-self", "ok"),
        ("devices", "ok"),
        ("topology", "ok"),
        ("memory file", "ok"),
        ("processes", ["1"]),
        ("the rest of proc", []),
        ("files", 1024),
    ],
)
def test_a_gpu_candidate_finds_what_cuda_needs(inside, what, outcome):
    assert inside[what] == outcome


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("what", "outcomes"),
    [
        ("other gpu", {"EACCES"}),
        ("uncover", {"EROFS", "EACCES", "EBUSY"}),
        ("write a kernel file", {"EROFS", "EACCES"}),
        ("kernel settings", {"ENOENT"}),
        ("network devices", {"ENOENT"}),
        ("socket", {"EPERM"}),
        ("password file", {"ENOENT"}),
        ("other command", {"EPERM"}),
        ("device command", {"ENOTTY", "EINVAL"}),  # the filter lets it through; this is no GPU
    ],
)
def test_a_gpu_candidate_finds_nothing_else(inside, what, outcomes):
    assert inside[what] in outcomes


WARMS = """
import torch
from grader.engine import profiles
def refuse(*arguments, **options): raise SystemExit("autograd was used")
torch.Tensor.backward = refuse
torch.cuda.init = refuse
print(profiles.load(profiles.PROFILES[{profile!r}]))
"""


@pytest.mark.torch
@pytest.mark.parametrize(("profile", "status"), [("cuda", 0), ("torch", 1)])
def test_the_zygote_of_gpu_candidates_warms_up_without_what_starts_cuda(profile, status):
    pytest.importorskip("torch")
    command = [sys.executable, "-c", WARMS.format(profile=profile)]
    done = subprocess.run(command, cwd=PROJECT, text=True, capture_output=True, timeout=60)
    assert done.returncode == status, done.stderr
    assert ("autograd was used" in done.stderr) == bool(status)


def test_no_zygote_sees_a_gpu():
    assert {profile.environment["CUDA_VISIBLE_DEVICES"] for profile in PROFILES.values()} == {""}
