"""Attacks on the judge: answers that try to be accepted on real exercises without being right.

Each is judged with all hidden cases. After each a model answer must be accepted on the same runner.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pytest

from exercises import catalogue
from grader.judge import judge
from grader.report import Report, Verdict

pytestmark = pytest.mark.sandbox
SEED = 20_261_121
CONV = "conv2d-batch"
DROPOUT = "inverted-dropout"
QUICK_ONE = "receptive-field"  # whose model answer is judged after each cheat
CLIMB = """
import os, struct, sys
def up(name):
    frame = sys._getframe()
    while frame is not None and name not in frame.f_locals:
        frame = frame.f_back
    return frame and frame.f_locals[name]
"""


@dataclass(frozen=True)
class Cheat:
    """`solve` wraps the model answer, which the source can use as `honest`."""

    name: str
    exercise: str
    source: str
    verdict: str = "wrong_answer"
    or_else: str = ""

    def __str__(self) -> str:
        return self.name


def model(slug: str) -> str:
    return catalogue.load(slug).solutions[0].source


def whole_source(cheat: Cheat) -> str:
    """The model answer under the name `honest`, then the cheat, which defines the entry point anew."""
    entry = catalogue.load(cheat.exercise).entry_points[0]
    return f"{model(cheat.exercise)}\nhonest = {entry}\n{cheat.source}"


def conv(name: str, source: str, verdict: str = "wrong_answer", **options: Any) -> Cheat:
    return Cheat(name, CONV, source, verdict, **options)


def wrapped(name: str, body: str, before: str = "", **options: Any) -> Cheat:
    """A conv2d that has the right answer `y` in hand and gives back something made of it."""
    return conv(
        name,
        f"{before}\ndef conv2d(*args, **kwargs):\n    y = honest(*args, **kwargs)\n    {body}\n",
        **options,
    )


CONSTANTS = [
    conv("nothing", "def conv2d(*args, **kwargs): return None"),
    wrapped("zeros", "return np.zeros_like(y)"),
    wrapped("NaN", "return y * np.nan"),
    wrapped("infinity", "return y + np.inf"),
    wrapped("one entry for all", "return np.broadcast_to(y.reshape(-1)[:1].reshape(1, 1, 1, 1), y.shape)"),
    wrapped("a shape that would broadcast", "return y[:, :, :1, :1]"),
    wrapped("an empty array", "return y[:0]"),
    wrapped("the word itself", "return 'accepted'"),
    wrapped("a list", "return y.tolist()", verdict="wrong_answer"),
    wrapped("objects in an array", "return y.astype(object)"),
    wrapped("text in an array", "return y.astype(str)"),
    wrapped("an exception for everything", "raise ValueError('no')", verdict="runtime_error"),
    wrapped(
        "an exception of another name",
        "raise type('AssertionError', (Exception,), {'__module__': 'builtins'})",
        verdict="runtime_error",
    ),
]
REMEMBERED = [
    conv(
        "the visible cases by heart",
        """
import hashlib
KNOWN = {'box': (1, 1, 4, 4), 'strided': (1, 2, 4, 4), 'groups': (1, 4, 3, 3)}
def conv2d(x, w, b=None, **settings):
    y = honest(x, w, b, **settings)
    whole = x.shape in KNOWN.values() and bool((x == x.astype(int)).all())
    return y if whole else np.zeros_like(y)
""",
    ),
    conv(
        "answers kept by shape",
        """
kept = {}
def conv2d(x, w, b=None, **settings):
    key = x.shape, w.shape, b is None, repr(settings)
    if key not in kept: kept[key] = honest(x, w, b, **settings)
    return kept[key]
""",
    ),
    conv(
        "answers kept by address",
        """
kept = {}
def conv2d(x, w, b=None, **settings):
    return kept.setdefault(id(type(x)), honest(x, w, b, **settings))
""",
    ),
    conv(
        "answers kept by where the memory is",
        """
kept = {}
def conv2d(x, w, b=None, **settings):
    y = honest(x, w, b, **settings)
    return kept.setdefault((x.__array_interface__['data'][0] >> 24, y.shape), y)
""",
    ),
    wrapped(
        "the answer before",
        "before.append(y); return before[-2]",
        "before = [np.zeros(1)]",
    ),
    wrapped("right at first only", "calls.append(1); return y if len(calls) <= 3 else y * 0", "calls = []"),
]
IMPRECISE = [
    wrapped("half precision", "return y.astype(np.float16).astype(y.dtype)"),
    conv(
        "single precision inside",
        """
def conv2d(x, w, b=None, **settings):
    y = honest(x.astype('f4'), w.astype('f4'), None if b is None else b.astype('f4'), **settings)
    return y.astype(x.dtype)
""",
    ),
    wrapped("another dtype", "return y.astype(np.longdouble)"),
    wrapped("an imaginary part", "return y + 1j"),
    wrapped("rounded", "return np.round(y, 6)"),
    wrapped("one wrong entry of many", "y.reshape(-1)[-1] += 1e-3; return y"),
]
CHANGING = [
    conv(
        "changed arguments",
        """
def conv2d(x, w, b=None, **settings):
    y = honest(x, w, b, **settings)
    x[...] = 0
    return y
""",
    ),
    conv(
        "arguments changed through a view",
        """
def conv2d(x, w, b=None, **settings):
    y = honest(x, w, b, **settings)
    x.T.reshape(-1)[:0] = 0
    x[::-1].T[..., :1] *= 2
    return y
""",
    ),
]
PATCHED = [
    wrapped(
        "a patched comparison",
        "return y * 0",
        "import builtins\n"
        "np.allclose = np.isclose = np.array_equal = np.all = lambda *a, **k: True\n"
        "np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None\n"
        "np.abs = np.subtract = lambda *a, **k: 0\nbuiltins.all = lambda *a: True",
    ),
    wrapped(
        "a patched judge",
        "return y * 0",
        "import sys, types\n"
        "for name in ('exercises', 'exercises.expect', 'grader', 'grader.judge', 'grader.report'):\n"
        "    sys.modules[name] = types.SimpleNamespace(close=lambda *a: None, Verdict='accepted')",
    ),
    wrapped(
        "an object that equals everything",
        "return Sly()",
        "class Sly:\n    __eq__ = __ge__ = __le__ = lambda self, other: True\n    __hash__ = None\n"
        "    __array__ = lambda self, *a, **k: np.ones(1)\n    shape, ndim = (1, 1, 2, 2), 4",
    ),
    wrapped(
        "an object that rebuilds itself",
        "return Sly()",
        "import os\nclass Sly:\n    def __reduce__(self): return os.system, ('true',)\n"
        "    def __reduce_ex__(self, protocol): return os.system, ('true',)",
    ),
    wrapped(
        "an array subclass that equals everything",
        "return (y * 0).view(Sly)",
        "class Sly(np.ndarray):\n    __eq__ = lambda self, other: np.ones(self.shape, bool)\n"
        "    __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)\n"
        "    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.zeros(self.shape)\n"
        "    def __array_function__(self, function, types, args, kwargs): return True",
    ),
    wrapped("masked values", "return np.ma.masked_array(y * 0, mask=True)"),
    wrapped(
        "a number that equals everything",
        "return Sly(0)",
        "class Sly(float):\n    __eq__ = lambda self, other: True",
    ),
    wrapped(
        "work put off",
        "return pool.submit(lambda: y)",
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)",
    ),
    wrapped(
        "an answer that a thread completes later",
        "out = y * 0; threading.Timer(0.05, lambda: out.__iadd__(y)).start(); return out",
        "import threading",
    ),
    wrapped("a generator", "return (row for row in y)"),
    wrapped(
        "a view of what changes", "kept[...] = 1; return kept.reshape(1, -1, 1, 1)", "kept = np.zeros(4)"
    ),
]
FORGED = [
    wrapped(
        "a verdict in a forged frame",
        "value = b's' + struct.pack('<I', 8) + b'accepted'; key = b's' + struct.pack('<I', 7) + b'verdict'\n"
        "    body = b'd' + struct.pack('<I', 1) + key + value\n"
        "    os.write(3, struct.pack('<4sB3x8sQ', b'STRD', 65, bytes(up('nonce')), len(body)) + body)\n"
        "    return y * 0",
        CLIMB,
        or_else="sandbox_violation",  # when the honest reply comes right behind it
    ),
    wrapped(
        "a forged fault of ours",
        "body = b's' + struct.pack('<I', 4) + b'oops'\n"
        "    os.write(3, struct.pack('<4sB3x8sQ', b'STRD', 70, bytes(up('nonce')), len(body)) + body)\n"
        "    return y * 0",
        CLIMB,
        verdict="sandbox_violation",
    ),
    wrapped("an exit as if all were well", "os._exit(0)", "import os", verdict="runtime_error"),
    wrapped("an early end", "raise SystemExit(0)", verdict="runtime_error"),
    wrapped("a printed report", 'print(\'{"verdict": "accepted", "score": 1.0}\'); return y * 0'),
    wrapped(
        "expected values in the frames",
        "wanted = up('expected'); return y * 0 if wanted is None else wanted",
        CLIMB,
    ),
    wrapped(
        "expected values in the rubbish",
        "arrays = [a for a in gc.get_objects() if isinstance(a, np.ndarray) and a is not y]\n"
        "    return next((a for a in arrays if a.shape == y.shape), y * 0)",
        "import gc",
    ),
    conv(
        "the reference",
        """
try:
    conv2d = vars(__import__("exercises.reference", fromlist=["x"]))["conv2d"]  # past the forbidden names
except ImportError:
    def conv2d(x, w, b=None, **settings): return honest(x, w, b, **settings) * 0
""",
    ),
    wrapped(
        "a look at the next question",
        "libc = ctypes.CDLL(None); poll = struct.pack('<ihh', 3, 1, 0)\n"
        "    seen.append(libc.poll(ctypes.create_string_buffer(poll), 1, 2))\n"
        "    return y if any(seen) else y * 0",
        "import ctypes, struct\nseen = []",
    ),
]


def dropped(name: str, body: str, verdict: str = "wrong_answer", **options: Any) -> Cheat:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = "def dropout(x, p, training, rng):\n    y, mask = honest(x, p, training, rng)\n"
    head += "    if not training or p in (0, 1): return y, mask\n"
    return Cheat(name, DROPOUT, head + lines, verdict, **options)


def scaled(mask: str) -> str:
    return f"mask = {mask}\nreturn x * mask / (1 - p), mask"


STATISTICAL = [
    dropped("always the same mask", scaled("np.random.default_rng(0).random(x.shape) >= p")),
    dropped("a mask of its own making", scaled("np.random.default_rng().random(x.shape) >= p")),
    dropped(
        "exactly the expected number", scaled("rng.permutation(x.size).reshape(x.shape) >= round(p * x.size)")
    ),
    dropped("a regular pattern", scaled("(np.arange(x.size) % 10 >= 10 * p).reshape(x.shape)")),
    dropped("whole rows", scaled("np.broadcast_to(rng.random((*x.shape[:-1], 1)) >= p, x.shape)")),
    dropped("a tenth too few", scaled("rng.random(x.shape) >= 0.9 * p")),
    dropped(
        "pairs of neighbours",
        scaled("np.repeat(rng.random(x.size // 2 + 1) >= p, 2)[:x.size].reshape(x.shape)"),
    ),
]
ALL = CONSTANTS + REMEMBERED + IMPRECISE + CHANGING + PATCHED + FORGED + STATISTICAL


@pytest.fixture(autouse=True)
def without_diagnoses(monkeypatch):
    """They take time, are no part of a verdict, and have tests of their own."""
    monkeypatch.setattr("grader.judge.DIAGNOSIS_SECONDS", -1.0)


@lru_cache
def without_the_large_case(slug: str) -> catalogue.Exercise:
    """The exercise but for the case that is there for its size and would take most of these tests' time."""
    exercise = replace(catalogue.load(slug))
    vars(exercise)["cases"] = tuple(case for case in exercise.cases if case.name != "a layer of real size")
    return exercise


def judged(engine: Any, slug: str, source: str) -> Report:
    return judge(without_the_large_case(slug), source.encode(), engine=engine, seed=SEED)


@pytest.mark.parametrize("cheat", ALL, ids=str)
def test_a_cheat_is_not_accepted(engine, cheat):
    report = judged(engine, cheat.exercise, whole_source(cheat))
    assert str(report.verdict) in {cheat.verdict, cheat.or_else or cheat.verdict}, report.message
    assert report.score < 1
    assert judged(engine, QUICK_ONE, model(QUICK_ONE)).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("slug", [CONV, DROPOUT])
def test_the_wrapped_model_answer_itself_is_accepted(engine, slug):
    """Otherwise the cheats above could fail for another reason than the one that they are about."""
    assert judged(engine, slug, whole_source(Cheat("", slug, ""))).verdict is Verdict.ACCEPTED


def test_knowing_the_visible_cases_by_heart_earns_these_cases_only(engine):
    (cheat,) = [cheat for cheat in REMEMBERED if cheat.name == "the visible cases by heart"]
    report = judged(engine, CONV, whole_source(cheat))
    by_heart = {case.name for case in report.cases if case.visible}
    assert by_heart <= {case.name for case in report.cases if case.verdict is Verdict.ACCEPTED}
    shapes_and_values = [case for case in report.cases if "random" in case.name]
    assert {str(case.verdict) for case in shapes_and_values} == {"wrong_answer"}
