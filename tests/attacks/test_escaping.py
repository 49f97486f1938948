"""Attacks that try to leave the box. A killed process is a violation, a denied call an exception."""

import platform

import pytest

from grader.engine.sandbox.syscalls import ALLOWED as ALLOWED_CALLS
from grader.engine.sandbox.syscalls import CHECKED as CHECKED_CALLS
from grader.engine.sandbox.syscalls import KILLED as KILLED_CALLS
from tests.attacks.attack import RETURNED, Attack, assert_harmless, run
from tests.grader.engine.support import honest_is_accepted

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
    Attack("a pair of sockets", "import socket\ndef solve(): socket.socketpair()", "runtime_error"),
    Attack(
        "an event loop", "import asyncio\nasync def f(): pass\ndef solve(): asyncio.run(f())", "runtime_error"
    ),
    Attack(
        "spawning past exec", "import os\ndef solve(): os.posix_spawn('/bin/sh', ['sh'], {})", "runtime_error"
    ),
    Attack("a pipe to a shell", "import os\ndef solve(): os.popen('true').read()", "runtime_error"),
    Attack("a terminal of its own", "import pty\ndef solve(): pty.fork()", "runtime_error"),
    Attack(
        "a pool of processes",
        "from concurrent.futures import ProcessPoolExecutor as Pool\n"
        "def solve(): Pool(1).submit(print).result(5)",
        "runtime_error",
    ),
    Attack(
        "named shared memory",
        "from multiprocessing import shared_memory as s\ndef solve(): s.SharedMemory(create=True, size=9)",
        "runtime_error",
    ),
    Attack("a symbolic link", "import os\ndef solve(): os.symlink('/etc', 'e')", "runtime_error"),
    Attack(
        "a hard link", "import os, numpy\ndef solve(): os.link(numpy.__file__, '/tmp/n')", "runtime_error"
    ),
    Attack("a named pipe", "import os\ndef solve(): os.mkfifo('/tmp/p')", "runtime_error"),
    Attack("another folder as current", "import os\ndef solve(): os.chdir('/')", "runtime_error"),
    Attack("another root", "import os\ndef solve(): os.chroot('/tmp')", "sandbox_violation"),
    Attack(
        "moving a library away",
        "import os, numpy\ndef solve(): os.rename(numpy.__file__, '/tmp/n')",
        "runtime_error",
    ),
    Attack("deleting a device", "import os\ndef solve(): os.unlink('/dev/null')", "runtime_error"),
    Attack("a file beside the scratch folder", "def solve(): open('/x', 'w')", "runtime_error"),
    Attack(
        "writing through a mapping of a library",
        "import mmap, numpy\ndef solve(): mmap.mmap(open(numpy.__file__, 'r+b').fileno(), 0)",
        "runtime_error",
    ),
    Attack(
        "extended attributes", "import os\ndef solve(): os.setxattr('/tmp', 'user.x', b'')", "runtime_error"
    ),
    Attack("the clock of the machine", "import time\ndef solve(): time.clock_settime(0, 0)", "runtime_error"),
    Attack("the name of the machine", "import socket\ndef solve(): socket.sethostname('x')", "runtime_error"),
    Attack("priority", "import os\ndef solve(): os.nice(-20)", "runtime_error"),
    Attack(
        "real-time scheduling",
        "import os\ndef solve(): os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))",
        "runtime_error",
    ),
    Attack("waiting for others", "import os\ndef solve(): os.waitpid(-1, 0)", "runtime_error"),
    Attack(
        "a library of its own",
        """
import ctypes, ctypes.util, glob, sys, os
def solve():
    for folder in ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64"):
        for path in glob.glob(folder + "/libm.so*") + glob.glob(folder + "/libm-*.so"):
            open("evil.so", "wb").write(open(path, "rb").read())
            ctypes.CDLL(os.path.abspath("evil.so"))
    raise OSError("no library to copy was found")
""",
        "runtime_error",
    ),
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
    raw("fork past Python", "57, 0", RETURNED, -1),
    raw("vfork", "58", RETURNED, -1),
    raw("clone without a thread", "56, 17, 0, 0, 0, 0", RETURNED, -1),
    raw("a signal to another thread group", "234, 2, 2, 9", RETURNED, -1),
    raw("a signal to all, with a payload", "129, -1, 9, 0", RETURNED, -1),
    raw("a new session", "112", RETURNED, -1),
    raw("a filter of its own", "317, 1, 0, 0", RETURNED, -1),
    raw("a core dump", "157, 4, 1, 0, 0, 0", RETURNED, -1),
    raw("a limit of another process", "302, 1, 7, b'x' * 16, 0", RETURNED, -1),
    raw("a message queue", "240, b'q', 66, 384, 0", RETURNED, -1),
    raw("System V shared memory", "29, 0, 4096, 950", RETURNED, -1),
    raw("signals on input", "72, 3, 8, 1", RETURNED, -1),
    raw("sealing", "72, 3, 1033, 1", RETURNED, -1),
    raw("asynchronous input", "16, 3, 0x5452, b'x' * 8", RETURNED, -1),
    raw("changing a terminal", "16, 0, 0x541D, 0", RETURNED, -1),
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


KILLED = [raw(f"system call {name}", f"{number}, 0, 0, 0, 0, 0, 0") for name, number in KILLED_CALLS.items()]


@pytest.mark.parametrize("attack", KILLED if X86 else [], ids=str)
def test_what_no_honest_code_calls_kills(engine, attack):
    assert run(engine, attack)[0] == "sandbox_violation"


def test_after_all_those_kills_an_honest_submission_is_accepted(engine):
    assert honest_is_accepted(engine)


@pytest.mark.skipif(not X86, reason="numbers of x86-64")
def test_every_other_system_call_is_denied(engine):
    """One candidate tries all numbers that the filter does not name: the kernel never sees them."""
    # Linux lets its own uretprobe and uprobe calls past all filters; without a probe they kill the caller.
    known = {335, 336, *ALLOWED_CALLS.values(), *KILLED_CALLS.values(), *CHECKED_CALLS.values()}
    source = f"""
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def denied(number):
    ctypes.set_errno(0)
    return libc.syscall(number, 0, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.EPERM
def solve():
    return [number for number in range(600) if number not in {known} and not denied(number)]
"""
    assert run(engine, Attack("", source, RETURNED)) == (RETURNED, [])
    assert honest_is_accepted(engine)
