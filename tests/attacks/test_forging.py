"""Attacks that try to make up a verdict or a reply."""

import numpy as np
import pytest

from grader.engine import Handle, Limits, errors
from tests.attacks.attack import RETURNED, Attack, assert_harmless
from tests.grader.engine.support import QUICK

pytestmark = pytest.mark.sandbox

# Climbs to the dispatch loop and takes the nonce of the request that is being served.
STEAL = """
import os, struct, sys
def nonce():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return bytes(frame.f_locals["nonce"])
def forge(kind, body, length=None):
    size = len(body) if length is None else length
    os.write(3, struct.pack("<4sB3x8sQ", b"STRD", kind, nonce(), size) + body)
"""

BRIEF = Limits(seconds=0.5)

ATTACKS = [
    Attack("exit status 0", "import os\ndef solve(): os._exit(0)", "runtime_error"),
    Attack("exit at import", "import os\nos._exit(0)", "runtime_error"),
    Attack("sys.exit(0)", "import sys\ndef solve(): sys.exit(0)", "runtime_error"),
    Attack("printed verdict", "def solve():\n print('verdict: accepted'); return 1", RETURNED, 1),
    Attack("garbage on the channel", "import os\ndef solve(): os.write(3, b'x' * 100)", "sandbox_violation"),
    Attack(
        "a frame with a guessed nonce",
        "import os, struct\n"
        "def solve(): os.write(3, struct.pack('<4sB3x8sQ', b'STRD', 65, bytes(8), 1) + b'T')",
        "sandbox_violation",
    ),
    Attack(
        "a reply before its question",
        STEAL + "def solve():\n forge(65, b'd' + bytes(4)); return 1",
        "sandbox_violation",
    ),
    Attack("a reply of the wrong type", STEAL + "def solve(): forge(65, b'T')", "sandbox_violation"),
    Attack("a malformed reply", STEAL + "def solve(): forge(65, b'\\xff' * 9)", "sandbox_violation"),
    Attack(
        "an unknown kind of reply", STEAL + "def solve(): forge(99, b'd' + bytes(4))", "sandbox_violation"
    ),
    Attack("a request as reply", STEAL + "def solve(): forge(2, b'd' + bytes(4))", "sandbox_violation"),
    Attack("a length of 4 exabytes", STEAL + "def solve(): forge(65, b'', 2**62)", "output_limit"),
    Attack(
        "a truncated frame and exit",
        STEAL + "def solve(): forge(65, b'd', 50); os._exit(0)",
        "runtime_error",
    ),
    Attack(
        "an array that lies about its size",
        STEAL
        + """
def solve():
    lie = b'd' + struct.pack('<I', 1) + b's' + struct.pack('<I', 5) + b'value'
    lie += b'a' + bytes([11, 3, 1]) + struct.pack('<6q', 2**40, 2**40, 2**40, 0, 0, 0)
    forge(65, lie)
""",
        "sandbox_violation",
    ),
    Attack(
        "closing the channel", "import os, time\ndef solve(): os.close(3); time.sleep(9)", "sandbox_violation"
    ),
    Attack(
        "reading the next request",
        "import os\ndef solve(): os.read(3, 1000)",
        "time_limit",
        limits=BRIEF,
    ),
    Attack(
        "patched comparison",
        "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True\ndef solve(): return 7.0",
        RETURNED,
        7.0,
    ),
    Attack("a pickle as result", "import pickle\ndef solve(): return pickle.dumps(print)", RETURNED),
    Attack(
        "a made-up fault of ours",  # which would be judged again and again, and blame nobody
        STEAL + "def solve(): forge(70, b's' + struct.pack('<I', 4) + b'oops')",
        "sandbox_violation",
    ),
    Attack(
        "a broken reader of arguments",
        "import builtins\ndef solve(): builtins.tuple = None; return 1",
        "sandbox_violation",
    ),
    Attack(
        "a reply twice",
        STEAL + "def solve():\n forge(65, b'd' + bytes(4)); forge(65, b'd' + bytes(4)); return 1",
        "sandbox_violation",
    ),
    Attack(
        "the reply of an earlier question",
        STEAL
        + """
first = []
def solve():
    if first:
        os.write(3, struct.pack("<4sB3x8sQ", b"STRD", 65, first[0], 5) + b"d" + bytes(4))
    first.append(nonce())
    return 1
""",
        "sandbox_violation",
    ),
    Attack(
        "a reply from machine code",
        STEAL
        + """
import ctypes
def solve():
    data = struct.pack("<4sB3x8sQ", b"STRD", 65, nonce(), 5) + b"d" + bytes(4)
    ctypes.CDLL(None).write(3, data, len(data))
    return 1
""",
        "sandbox_violation",
    ),
    Attack(
        "a reply from another thread",
        STEAL
        + """
import threading
def solve():
    data = struct.pack("<4sB3x8sQ", b"STRD", 65, nonce(), 5) + b"d" + bytes(4)
    thread = threading.Thread(target=os.write, args=(3, data))
    thread.start(); thread.join()
    return 1
""",
        "sandbox_violation",
    ),
    Attack(
        "a reply that comes drop by drop and never ends",
        STEAL
        + """
import time
def solve():
    forge(65, b'', 1000)
    while True: time.sleep(0.01); os.write(3, b'd')
""",
        "time_limit",
        limits=BRIEF,
    ),
    Attack(
        "another channel in the place of this one",
        "import os, time\ndef solve(): os.dup2(os.open('/dev/null', os.O_RDWR), 3); time.sleep(9)",
        "sandbox_violation",
    ),
    Attack(
        "every descriptor closed",
        "import os\ndef solve(): os.closerange(0, 64)",
        "sandbox_violation",
        elsewhere="runtime_error",  # writing to what is closed may end the process first
    ),
    Attack(
        "a verdict in the reply",
        STEAL
        + """
def text(value): return b's' + struct.pack('<I', len(value)) + value
def solve():
    forge(65, b'd' + struct.pack('<I', 1) + text(b'verdict') + text(b'accepted'))
    os._exit(0)
""",
        "runtime_error",
    ),
    Attack(
        "a claim to have run out of memory",
        STEAL
        + """
def text(value): return b's' + struct.pack('<I', len(value)) + value
def solve(): forge(68, b'd' + struct.pack('<I', 1) + text(b'limit') + text(b'memory'))
""",
        "memory_limit",
        elsewhere="sandbox_violation",  # when the honest reply comes right behind it
    ),
    Attack(
        "a handler that answers at exit",
        STEAL + "import atexit\natexit.register(forge, 65, b'd' + bytes(4))\ndef solve(): raise SystemExit",
        "runtime_error",
    ),
    Attack(
        "an object that claims to be an array",
        """
import numpy as np
class Sly:
    __class__ = property(lambda self: np.ndarray)
    def __array__(self, *a, **k): return np.array([object()])
def solve(): return Sly()
""",
        RETURNED,
    ),
    Attack(
        "a class that cannot be described",
        """
class Meta(type):
    @property
    def __qualname__(self): raise ZeroDivisionError
class Sly(metaclass=Meta): pass
def solve(): return Sly()
""",
        "runtime_error",
    ),
    Attack(
        "an exception whose class cannot be described",
        """
class Meta(type):
    @property
    def __qualname__(self): raise ZeroDivisionError
class Sly(Exception, metaclass=Meta): pass
def solve(): raise Sly
""",
        "runtime_error",
    ),
    Attack(
        "a broken codec",
        """
import sys
def solve():
    frame = sys._getframe()
    while 'wire' not in frame.f_globals:
        frame = frame.f_back
    frame.f_globals['wire'].encode_parts = lambda *a, **k: [b'junk']
    return 1
""",
        "sandbox_violation",
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_a_forged_verdict_comes_to_nothing(engine, attack):
    assert_harmless(engine, attack)


def test_what_a_child_says_about_itself_is_cut(engine):
    """A forged exception of half a megabyte would otherwise fill reports and databases."""
    source = (
        STEAL
        + """
def text(value): return b's' + struct.pack('<I', len(value)) + value
def solve():
    long = text(b'x' * 100_000)
    body = b'd' + struct.pack('<I', 4)
    for name in (b'type', b'message', b'stdout'):
        body += text(name) + long
    forge(66, body + text(b'bases') + b'l' + struct.pack('<I', 1) + long)
"""
    )
    with engine.open("numpy", QUICK) as session:
        session.load(source.encode())
        with pytest.raises(errors.CandidateRaised) as raised:
            session.call("solve")
    fault = raised.value
    assert (len(fault.text), len(fault.type_name), len(fault.bases[0])) == (2000, 200, 200)
    assert len(fault.stdout) <= QUICK.stdout_bytes + 200


def test_an_object_that_equals_everything_arrives_as_a_handle(engine):
    source = b"""
class Sly:
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return __import__('numpy').ones(3)
    def __float__(self): return 1.0
def solve(): return Sly()
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        value = session.call("solve").value
    assert type(value) is Handle
    assert value != 1.0


def test_an_array_subclass_arrives_as_a_plain_array(engine):
    source = b"""
import numpy as np
class Sly(np.ndarray):
    def __eq__(self, other): return True
def solve(): return np.zeros(3).view(Sly)
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        value = session.call("solve").value
    assert type(value) is np.ndarray
    assert not (value == 1).any()


def test_a_changed_input_does_not_change_the_judge_s_copy(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"def solve(x):\n x[:] = 9\n return x")
        mine = np.zeros(4)
        reply = session.call("solve", (mine,), return_inputs=True)
    assert (mine == 0).all()
    assert (reply.inputs[0] == 9).all()


def test_a_name_that_imitates_a_built_in_exception_is_told_apart(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"class ValueError(Exception): pass\ndef solve(): raise ValueError('x')")
        with pytest.raises(errors.CandidateRaised) as raised:
            session.call("solve")
    assert "ValueError" not in raised.value.bases
    assert "solution.ValueError" in raised.value.bases


def test_a_broken_reader_of_arrays_is_no_fault_of_ours(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"import numpy as np\nnp.frombuffer = None\ndef solve(x): return 1")
        with pytest.raises(errors.SandboxViolation, match="reads arguments"):
            session.call("solve", (np.ones(3),))


def test_an_object_that_was_never_handed_out_is_a_forgery(engine):
    source = (
        STEAL
        + """
def text(value): return b's' + struct.pack('<I', len(value)) + value
def solve():
    forge(65, b'd' + struct.pack('<I', 1) + text(b'value') + b'h' + struct.pack('<Q', 77) + text(b'Model'))
    frame = sys._getframe()
    while 'channel' not in frame.f_locals: frame = frame.f_back
    channel = frame.f_locals['channel']
    real = channel.file
    class Swallow:  # the honest reply, once
        def write(self, data): channel.file = real; return len(data)
    channel.file = Swallow()
"""
    )
    with engine.open("numpy", QUICK) as session:
        session.load(source.encode())
        made_up = session.call("solve").value
        assert made_up == Handle(77, "Model")
        with pytest.raises(errors.SandboxViolation, match="reads arguments"):
            session.call("solve", (made_up,))
