"""Attacks that try to leave the box. A killed process is a violation, a denied call an exception."""

import platform

import pytest

from tests.attacks.attack import RETURNED, Attack, assert_harmless, run

pytestmark = pytest.mark.sandbox

RAW = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\ndef solve(): return libc.syscall({})\n"
X86 = platform.machine() == "x86_64"


def raw(name: str, call: str, outcome: str = "sandbox_violation", value: object = None) -> Attack:
    return Attack(name, RAW.format(call), outcome, value)


ATTACKS = [
    Attack("network socket", "import socket\ndef solve(): socket.socket()", "runtime_error"),
    Attack(
        "name look-up",
        "import socket\ndef solve(): socket.create_connection(('localhost', 80), 1)",
        "runtime_error",
    ),
    Attack(
        "Unix socket",
        "import socket\ndef solve(): socket.socket(socket.AF_UNIX).connect('/tmp/s')",
        "runtime_error",
    ),
    Attack("subprocess", "import subprocess\ndef solve(): subprocess.run(['true'])", "runtime_error"),
    Attack("os.system", "import os\ndef solve(): return os.system('true')", RETURNED),
    Attack("exec", "import os\ndef solve(): os.execv('/bin/sh', ['sh'])", "sandbox_violation"),
    Attack("fork", "import os\ndef solve(): os.fork()", "runtime_error"),
    Attack(
        "multiprocessing",
        "import multiprocessing as m\ndef solve(): m.Process(target=print).start()",
        "runtime_error",
    ),
    Attack("signals to everybody", "import os\ndef solve(): os.kill(-1, 9)", "runtime_error"),
    Attack("signals to the parent", "import os\ndef solve(): os.kill(os.getppid(), 9)", "runtime_error"),
    Attack("signals to its own group", "import os\ndef solve(): os.kill(0, 9)", "runtime_error"),
    Attack("open /proc", "def solve(): open('/proc/1/mem')", "runtime_error"),
    Attack(
        "device node",
        "import os\ndef solve(): os.mknod('/tmp/mem', 0o20600, os.makedev(1, 1))",
        "runtime_error",
    ),
    Attack("kernel memory", "def solve(): open('/dev/mem', 'rb').read(1)", "runtime_error"),
    Attack("changing the library", "import numpy\ndef solve(): open(numpy.__file__, 'a')", "runtime_error"),
    Attack(
        "raising a limit",
        "import resource as r\ndef solve(): r.setrlimit(r.RLIMIT_NOFILE, (9999, 9999))",
        "runtime_error",
    ),
    Attack("becoming root", "import os\ndef solve(): os.setuid(0)", "runtime_error"),
    Attack(
        "a program in the scratch folder",
        """
import os
def solve():
    open('/tmp/x', 'wb').write(b'#!/bin/sh'); os.chmod('/tmp/x', 0o755)
""",
        "runtime_error",
    ),
]
NUMBERS = [
    raw("ptrace", "101, 0, 0, 0, 0"),
    raw("process_vm_readv", "310, 1, 0, 0, 0, 0, 0"),
    raw("unshare", "272, 0x10000000"),
    raw("setns", "308, 3, 0"),
    raw("mount", "165, 0, b'/tmp', b'proc', 0, 0"),
    raw("pivot_root", "155, b'/tmp', b'/tmp'"),
    raw("chroot", "161, b'/tmp'"),
    raw("bpf", "321, 0, 0, 0"),
    raw("io_uring", "425, 1, 0"),
    raw("userfaultfd", "323, 0"),
    raw("keyctl", "250, 0, 0"),
    raw("perf_event_open", "298, 0, 0, -1, -1, 0"),
    raw("open_by_handle_at", "304, -100, 0, 0"),
    raw("clone into a user namespace", "56, 0x10000011, 0, 0, 0, 0"),
    raw("clone3 with any flags", "435, 0, 0", RETURNED, -1),
    raw("execveat", "322, -100, b'/bin/sh', 0, 0, 0"),
    raw("x32 calls", "0x40000000 + 39"),
    raw("memfd_create", "319, b'x', 0", RETURNED, -1),
    raw("fcntl lease", "72, 3, 1024, 0", RETURNED, -1),
    raw("terminal injection", "16, 0, 0x5412, b'x'", RETURNED, -1),
    raw("sendmsg", "46, 3, 0, 0", RETURNED, -1),
    raw("pidfd_open", "434, 1, 0", RETURNED, -1),
    Attack(
        "32-bit calls from machine code",
        """
import ctypes, mmap
def solve():
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, 20; int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()
""",
        "sandbox_violation",
    ),
]


@pytest.mark.parametrize("attack", ATTACKS + (NUMBERS if X86 else []), ids=str)
def test_nothing_leaves_the_box(engine, attack):
    assert_harmless(engine, attack)


def test_a_shell_command_does_not_run(engine):
    """`os.system` reports failure instead of raising; what matters is that nothing happened."""
    source = "import os\ndef solve(): return os.system('echo > /tmp/x'), os.path.exists('/tmp/x')"
    _, (status, exists) = run(engine, Attack("", source, RETURNED))
    assert status != 0
    assert not exists
