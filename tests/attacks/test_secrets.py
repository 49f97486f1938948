"""Attacks that look for what they should not know."""

import numpy as np
import pytest

from grader.engine import Limits
from tests.attacks.attack import RETURNED, Attack, assert_harmless
from tests.grader.engine.support import QUICK

# The way to the interpreter may be seen, and may lead through a home folder; nothing beside it.
WAY = """
import os, sys
def beside(top):
    way = [f"{path}/" for path in (sys.prefix, sys.base_prefix, *sys.path)]
    return [name for name in os.listdir(top) if not any(path.startswith(f"{top}{name}/") for path in way)]
"""

DEVICES = ["null", "urandom", "zero"]

pytestmark = pytest.mark.sandbox

ATTACKS = [
    Attack(
        "environment",
        "import os\ndef solve(): return [n for n in os.environ if n not in ALLOWED]\nALLOWED = "
        "'LANG HOME OPENBLAS_NUM_THREADS OMP_NUM_THREADS MKL_NUM_THREADS PYTHONDONTWRITEBYTECODE LC_CTYPE "
        "CUDA_VISIBLE_DEVICES PYTHONHASHSEED PYTHONNOUSERSITE PYTORCH_NVML_BASED_CUDA_CHECK'.split()",
        RETURNED,
        [],
    ),
    Attack(
        "initial stack of this process",
        "def solve(): return open('/proc/self/environ').read()",
        "runtime_error",
    ),
    Attack("password file", "def solve(): return open('/etc/passwd').read()", "runtime_error"),
    Attack(
        "home folders",
        WAY + "def solve(): return beside('/home/') if os.path.isdir('/home') else []",
        RETURNED,
        [],
    ),
    Attack(
        "the whole root",
        WAY + "def solve(): return sorted(set(beside('/')) & set('proc sys home var boot'.split()))",
        RETURNED,
        [],
    ),
    Attack("configuration", "import os\ndef solve(): return os.listdir('/etc')", RETURNED, ["ld.so.cache"]),
    Attack("project settings", "def solve():\n import config.settings", "runtime_error"),
    Attack("reference solutions", "def solve():\n import exercises.reference", "runtime_error"),
    Attack(
        "the judge's modules",
        "import sys\nOURS = ('grader', 'exercises', 'django')\n"
        "def solve(): return [n for n in sys.modules if n.startswith(OURS)]",
        RETURNED,
        [],
    ),
    Attack("other people's packages", "def solve():\n import django", "runtime_error"),
    Attack(
        "open descriptors",
        """
import os
def solve():
    found = []
    for number in range(64):
        try: os.fstat(number)
        except OSError: continue
        found.append(number)
    return found
""",
        RETURNED,
        [0, 1, 2, 3],
    ),
    Attack(
        "frames and gc",
        """
import gc, sys
WORDS = ('expected', 'secret_key', 'database', 'submission')
def solve():
    frame, names = sys._getframe(), set()
    while frame:
        names |= set(frame.f_locals) | set(frame.f_globals)
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing) is dict:
            names |= {key for key in thing if type(key) is str and len(key) < 40}
    return sorted(word for word in WORDS if word in names)
""",
        RETURNED,
        [],
    ),
    Attack(
        "environment, past Python",
        """
import ctypes
def solve():
    block, found = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ'), []
    for index in range(100):
        if not block[index]:
            return [name for name in found if name.upper().endswith((b'KEY', b'URL', b'PASSWORD'))]
        found.append(block[index].split(b'=')[0])
""",
        RETURNED,
        [],
    ),
    Attack(
        "who and where it is",
        "import os\ndef solve(): return os.getpid(), os.getppid(), os.getuid(), os.getgid(), os.getcwd()",
        RETURNED,
        (1, 0, 1000, 1000, "/scratch"),
    ),
    Attack("devices", "import os\ndef solve(): return sorted(os.listdir('/dev'))", RETURNED, DEVICES),
    Attack(
        "files of the project anywhere",
        """
import os
NAMES = {
    'checks.py', 'exercise.toml', 'editorial.md', 'settings.py', 'db.sqlite3', 'secret_key', '.env',
    'manage.py', 'authorized_keys', 'shadow', 'docker-compose.yml', 'judge.py', 'lifecycle.py',
}
def solve():
    return sorted(name for _, _, files in os.walk('/') for name in files if name in NAMES)
""",
        RETURNED,
        [],
    ),
    Attack(
        "sources of the engine",
        "import sys\ndef solve(): return open(sys._getframe(1).f_code.co_filename).read()",
        "runtime_error",
    ),
    Attack("mounted file systems", "def solve(): return open('/proc/mounts').read()", "runtime_error"),
    Attack("kernel messages", "def solve(): return open('/dev/kmsg').read()", "runtime_error"),
    Attack(
        "arrays in the frames below",
        """
import sys
import numpy as np
def arrays(value, depth=0):
    if isinstance(value, np.ndarray):
        yield value
    elif depth < 4 and isinstance(value, (list, tuple)):
        for item in value: yield from arrays(item, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        for item in list(value.values()): yield from arrays(item, depth + 1)
def solve():
    frame, found = sys._getframe(1), []
    while frame:
        found += arrays(frame.f_locals)
        frame = frame.f_back
    return len(found)
""",
        RETURNED,
        0,
    ),
    Attack(
        "following links out",
        "import os\ndef solve(): return open('/tmp/../../../../etc/shadow').read()",
        "runtime_error",
    ),
    Attack("the old root", "import os\ndef solve(): return os.listdir('/.old')", "runtime_error"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_a_search_for_secrets_finds_none(engine, attack):
    assert attack.outcome != RETURNED or attack.value is not None, "what it may find must be stated"
    assert_harmless(engine, attack)


def test_a_submission_leaves_nothing_for_the_next(engine):
    leave = b"""
import os, sys, numpy as np, builtins
def solve():
    open('left', 'w').write('x'); builtins.left = 1; sys.left = 1; np.left = 1
    return os.listdir('.')
"""
    look = b"""
import os, sys, numpy as np, builtins
def solve():
    return os.listdir('.') + [hasattr(thing, 'left') for thing in (builtins, sys, np)]
"""
    for _ in range(3):
        with engine.open("numpy", QUICK) as session:
            session.load(leave)
            assert session.call("solve").value == ["left"]
        with engine.open("numpy", QUICK) as session:
            session.load(look)
            assert session.call("solve").value == [False, False, False]


def test_two_submissions_at_once_do_not_see_each_other(engine):
    if engine.status()["jobs"] < 2:
        pytest.skip("this machine runs one submission at a time")
    write = b"import os\ndef solve(): open('mark', 'w').close(); return os.getpid()"
    read = b"import os\ndef solve(): return os.path.exists('mark'), os.getpid()"
    with engine.open("numpy", QUICK) as first, engine.open("numpy", Limits(seconds=5)) as second:
        first.load(write)
        second.load(read)
        assert first.call("solve").value == 1
        assert second.call("solve").value == (False, 1)


def test_random_generators_differ_from_submission_to_submission(engine):
    source = b"import random, numpy as np\ndef solve(): return random.random(), float(np.random.rand())"
    drawn = []
    for _ in range(3):
        with engine.open("numpy", QUICK) as session:
            session.load(source)
            drawn.append(session.call("solve").value)
    assert len({number for pair in drawn for number in pair}) == 6


def test_nothing_of_a_submission_stays_in_memory_for_the_next(engine):
    """A marker in the heap of one candidate is in no page that a later one is given."""
    marker = "9c1f6d0b7e42"
    leave = f"""
import numpy as np
kept = [np.frombuffer(('{marker}' * 1000).encode(), np.uint8).copy() for _ in range(500)]
def solve(): return len(kept)
"""
    look = f"""
import numpy as np
def solve():
    marker = bytes.fromhex('{marker.encode().hex()}')
    return sum(np.empty(1 << 20, np.uint8).tobytes().count(marker) for _ in range(32))
"""
    for _ in range(3):
        with engine.open("numpy", QUICK) as session:
            session.load(leave.encode())
            assert session.call("solve").value == 500
        with engine.open("numpy", QUICK) as session:
            session.load(look.encode())
            assert session.call("solve").value == 0


def test_the_next_input_is_nowhere_before_the_answer_to_this_one(engine):
    """Step by step: while it computes, a candidate waits for more and finds its channel and buffers empty."""
    source = b"""
import ctypes, struct, sys
libc = ctypes.CDLL(None)
def waiting(milliseconds):
    return libc.poll(ctypes.create_string_buffer(struct.pack('<ihh', 3, 1, 0)), 1, milliseconds)
def buffered():
    frame = sys._getframe()
    while 'channel' not in frame.f_locals: frame = frame.f_back
    return len(frame.f_locals['channel'].rest)
seen = []
def solve(x):
    seen.append(float(x[0]))
    return waiting(30), buffered(), len(seen), seen[-1]
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        for step in range(1, 6):
            assert session.call("solve", (np.full(3, float(step)),)).value == (0, 0, step, float(step))
