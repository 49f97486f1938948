"""Attacks that try to use up the machine or the judge."""

import time

import pytest

from grader.engine import Limits, errors
from tests.attacks.attack import RETURNED, Attack, assert_harmless
from tests.clocks import eventually
from tests.grader.engine.support import QUICK, honest_is_accepted

pytestmark = pytest.mark.sandbox

SHORT = Limits(seconds=0.4, memory_mb=192)
SMALL = Limits(seconds=20, memory_mb=192, stdout_bytes=1000, result_bytes=100_000)

ATTACKS = [
    Attack("fork bomb", "import os\ndef solve():\n while True: os.fork()", "runtime_error"),
    Attack(
        "threads",
        "import threading, time\ndef solve():\n"
        " for _ in range(1000): threading.Thread(target=time.sleep, args=(9,)).start()",
        "runtime_error",
    ),
    Attack(
        "memory, byte by byte",
        "def solve():\n kept = []\n while True: kept.append(bytearray(1 << 20))",
        "memory_limit",
    ),
    Attack("one huge array", "import numpy as np\ndef solve(): return np.ones(1 << 40)", "memory_limit"),
    Attack(
        "one large array", "import numpy as np\ndef solve(): return np.ones(1 << 26).sum()", "memory_limit"
    ),
    Attack("memory at import", "kept = [bytearray(1 << 20) for _ in range(10000)]", "memory_limit"),
    Attack(
        "memory shared by mmap",
        # Without control groups shared memory is bounded by the address space: the limit and 1 GiB.
        "import mmap\ndef solve():\n m = mmap.mmap(-1, 1 << 33)\n for i in range(0, 1 << 33, 4096): m[i] = 1",
        "memory_limit",
        elsewhere="runtime_error",
    ),
    Attack(
        "scratch folder",
        "def solve():\n for i in range(99): open(f'f{i}', 'wb').write(bytes(1 << 20))",
        "runtime_error",
    ),
    Attack("one big file", "def solve(): open('f', 'wb').write(bytes(64 << 20))", "runtime_error"),
    Attack("inodes", "def solve():\n for i in range(5000): open(f'f{i}', 'w').close()", "runtime_error"),
    Attack("descriptors", "def solve():\n kept = [open('/dev/null') for _ in range(1000)]", "runtime_error"),
    Attack("printing", "def solve():\n while True: print('x' * 100)", "output_limit", limits=SMALL),
    Attack(
        "printing, errors swallowed",
        "def solve():\n while True:\n  try: print('x' * 1000)\n  except BaseException: pass",
        "time_limit",
        limits=SHORT,
    ),
    Attack(
        "a large result",
        "import numpy as np\ndef solve(): return np.zeros(1 << 20)",
        "output_limit",
        limits=SMALL,
    ),
    Attack("a long list", "def solve(): return [0] * 1_000_000", "output_limit"),
    Attack("a recursive list", "def solve():\n x = []; x.append(x); return x", "output_limit"),
    Attack(
        "a dict of colliding keys",
        "def solve(): return {i * (2**61 - 1): 0 for i in range(1, 5000)}",
        "output_limit",
    ),
    Attack("a gigantic int", "def solve(): return 1 << 10_000_000", RETURNED),
    Attack("an endless loop", "def solve():\n while True: pass", "time_limit", limits=SHORT),
    Attack("an endless loop at import", "while True: pass", "time_limit", limits=SHORT),
    Attack(
        "an endless loop that ignores signals",
        "import signal\ndef solve():\n"
        " for n in range(1, 32):\n"
        "  try: signal.signal(n, signal.SIG_IGN)\n"
        "  except (OSError, ValueError): pass\n"
        " while True: pass",
        "time_limit",
        limits=SHORT,
    ),
    Attack(
        "an endless loop that swallows everything",
        "def solve():\n while True:\n  try:\n   while True: pass\n  except BaseException: pass",
        "time_limit",
        limits=SHORT,
    ),
    Attack("sleeping", "import time\ndef solve(): time.sleep(60)", "time_limit", limits=SHORT),
    Attack(
        "an endless message",
        "class E(Exception):\n def __str__(self):\n  while True: pass\ndef solve(): raise E",
        "time_limit",
        limits=SHORT,
    ),
    Attack("a long message", "def solve(): raise ValueError('x' * 10_000_000)", "runtime_error"),
    Attack(
        "an unbounded regular expression",
        "import re\ndef solve(): re.match('(a+)+$', 'a' * 50 + 'b')",
        "time_limit",
        limits=SHORT,
    ),
    Attack("deep recursion", "def solve(): solve()", "runtime_error"),
    Attack(
        "deep recursion without a limit",
        "import sys\nsys.setrecursionlimit(10**9)\ndef solve(n=0):\n return [solve(n + 1)]\n",
        "memory_limit",
        elsewhere="runtime_error time_limit",
    ),
    Attack(
        "a stack overflow",
        "import sys\nsys.setrecursionlimit(10**9)\ndef solve(*_): return list(map(solve, [0]))\n",
        "runtime_error",
        limits=Limits(seconds=20, memory_mb=1024),
    ),
    Attack("a segmentation fault", "import ctypes\ndef solve(): ctypes.string_at(0)", "runtime_error"),
    Attack("abort", "import os\ndef solve(): os.abort()", "runtime_error"),
    Attack(
        "a floating-point trap",
        "import signal\ndef solve(): signal.raise_signal(signal.SIGFPE); return 1",
        RETURNED,
        1,
    ),
    Attack("killing itself", "import os\ndef solve(): os.kill(os.getpid(), 9)", "runtime_error"),
    Attack(
        "CPU time in many threads",  # which a limit of the kernel ends, and no fault of ours may be made of
        """
import threading, time
import numpy as np
x = np.ones((300, 300))
def burn():
    while True: x @ x
def solve():
    for _ in range(8): threading.Thread(target=burn, daemon=True).start()
    time.sleep(60)
""",
        "time_limit",
        elsewhere="runtime_error",  # their stacks are too much for a resource limit
        limits=Limits(seconds=3, memory_mb=192),
    ),
    Attack(
        "many dicts of colliding keys",
        "def solve():\n colliding = {i * (2**61 - 1): 0 for i in range(1, 2000)}\n return [colliding] * 30",
        "output_limit",
    ),
    Attack(
        "dicts whose keys are colliding tuples",
        "def solve(): return [{(i * (2**61 - 1),): 0 for i in range(1, 2000)}] * 30",
        "output_limit",
    ),
    Attack(
        "an endless list",
        "class Endless(list):\n def __iter__(self):\n  while True: yield 0\ndef solve(): return Endless()",
        "memory_limit",
        elsewhere="time_limit",
    ),
    Attack("very many objects", "def solve(): return [object() for _ in range(200_000)]", RETURNED),
    Attack("very many scalars", "import numpy as np\ndef solve(): return [np.float64(1)] * 50_000", RETURNED),
    Attack(
        "an empty array of absurd shape",
        "import numpy as np\ndef solve(): return np.ones((2**40, 0))",
        RETURNED,
    ),
    Attack(
        "one number over and over",
        "import numpy as np\ndef solve(): return np.broadcast_to(np.float64(1), (1 << 30,))",
        "output_limit",
        elsewhere="memory_limit",
    ),
    Attack("a long calculation", "def solve(): return 9 ** 9 ** 9", "time_limit", limits=SHORT),
    Attack(
        "a lock taken twice",
        "import threading\ndef solve():\n lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "time_limit",
        limits=SHORT,
    ),
    Attack(
        "a loop in machine code",
        """
import ctypes, mmap
def solve():
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b'\\xeb\\xfe')  # jump to itself
    ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
""",
        "time_limit",
        limits=SHORT,
    ),
    Attack(
        "a finaliser that never ends",
        "class Stuck:\n def __del__(self):\n  while True: pass\ndef solve(): Stuck()",
        "time_limit",
        limits=SHORT,
    ),
    Attack(
        "an alarm that interrupts for ever",
        "import signal, time\ndef solve():\n signal.alarm(1); signal.setitimer(0, 0.001, 0.001)",
        "runtime_error",
    ),
    Attack(
        "printing in pieces",
        "import sys\ndef solve():\n while True: sys.__stderr__.write('x')",
        "output_limit",
        limits=SMALL,
    ),
    Attack(
        "printing past Python",
        "import os\ndef solve():\n for _ in range(1000): os.write(1, bytes(1 << 16))\n return 1",
        RETURNED,
        1,
    ),
    Attack(
        "a compression bomb",
        "import zlib\nbomb = zlib.compress(bytes(1 << 26))\ndef solve():\n"
        " return [zlib.decompress(bomb) for _ in range(100)]",
        "memory_limit",
        limits=Limits(seconds=20, memory_mb=192),
    ),
    Attack(
        "a file with a hole",
        "def solve():\n with open('f', 'wb') as file: file.truncate(1 << 40)",
        "runtime_error",
    ),
    Attack(
        "folders in folders",
        "import os\ndef solve():\n path = '.'\n for _ in range(5000):\n  path += '/a'; os.mkdir(path)",
        "runtime_error",
    ),
    Attack(
        "stacks of threads",
        "import threading, time\ndef solve():\n threading.stack_size(1 << 30)\n"
        " for _ in range(200): threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "runtime_error",
        elsewhere="time_limit",  # a thread that had no memory to begin never says so
    ),
    Attack(
        "memory that is locked",
        "import ctypes\nlibc = ctypes.CDLL(None)\ndef solve(): return libc.mlockall(3)",
        RETURNED,
        -1,
    ),
    Attack(
        "a name of a megabyte", "def solve(): raise type('E' * 1_000_000, (Exception,), {})", "runtime_error"
    ),
    Attack(
        "exceptions that cause each other",
        "def solve():\n a, b = ValueError(), KeyError()\n a.__cause__, b.__cause__ = b, a\n raise a",
        "runtime_error",
    ),
    Attack(
        "an exception that lies about its cause of death",
        "class MemoryError(Exception): pass\ndef solve(): raise MemoryError",
        "runtime_error",
    ),
    Attack("nested source", "x = " + "(" * 5000 + ")" * 5000, "invalid_submission"),
    Attack("source that the parser cannot hold", "x = " + "-" * 100_000 + "1", "invalid_submission"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_nothing_is_exhausted(engine, attack):
    assert_harmless(engine, attack)


def test_a_thread_does_not_survive_its_submission(engine):
    source = b"""
import threading, time
def spin():
    while True: pass
def solve():
    threading.Thread(target=spin, daemon=True).start()
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        session.call("solve")
    assert eventually(lambda: engine.status()["busy"] == 0)
    assert honest_is_accepted(engine)


def test_work_that_is_put_off_counts_in_the_cpu_time(engine):
    source = b"""
import threading, time
def spin():
    while time.thread_time() < 0.2: pass
def solve():
    threading.Thread(target=spin, daemon=True).start()
def still_busy():
    return threading.active_count() > 1
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        session.call("solve")
        while session.call("still_busy").value:
            time.sleep(0.05)
    assert session.finish().cpu_seconds >= 0.2


def test_a_patched_clock_does_not_change_the_time_that_is_taken(engine):
    source = b"""
import time
nap = time.sleep
time.perf_counter = time.monotonic = time.time = lambda: 0.0
def solve(): nap(0.2)
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        assert session.call("solve").seconds >= 0.2
    assert session.finish().wall_seconds >= 0.2


def test_time_is_counted_over_the_whole_session(engine):
    with engine.open("numpy", Limits(seconds=1)) as session:
        session.load(b"import time\ndef solve(): time.sleep(0.25)")
        with pytest.raises(errors.TimeLimit, match="limit of 1 seconds"):
            [session.call("solve") for _ in range(5)]


def test_the_judge_s_own_time_is_not_counted(engine):
    with engine.open("numpy", Limits(seconds=1.5)) as session:
        session.load(b"def solve(): return 1")
        time.sleep(2)
        assert session.call("solve").value == 1
