"""The contract of a session: what goes in, what comes out, and an error of its own for everything else."""

import os
import threading

import numpy as np
import pytest

from grader.engine import Engine, Handle, Limits, errors, wire
from tests.grader.engine.support import QUICK, honest_is_accepted

pytestmark = pytest.mark.sandbox

MODEL = b"""
import numpy as np
from math import sqrt
SCALE = 2
class Layer:
    def __init__(self, n): self.n, self.weight = n, np.full((2, 2), n)
    def __call__(self, x): return self.n * x
    def twin(self): return self
    def same(self, other): return other is self
def pair(): return [Layer(1), Layer(2)]
def add(a, b=1, *, c=0): return a + b + c
def draw(rng, n): return rng.standard_normal(n)
def say(text): print(text); return None
def fail(kind): raise __builtins__[kind]('because')
def touch(x): x += 1
_hidden = 1
"""


@pytest.fixture
def session(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(MODEL)
        yield session


def test_load_gives_the_public_names(engine):
    with engine.open("numpy", QUICK) as session:
        names = session.load(MODEL).names
    assert names == ("SCALE", "Layer", "pair", "add", "draw", "say", "fail", "touch")


def test_a_call_passes_arguments_and_gives_the_value(session):
    reply = session.call("add", (1,), {"b": 2, "c": 3})
    assert reply.value == 6
    assert reply.seconds > 0


def test_objects_are_used_by_handle(session):
    layer = session.call("Layer", (3,)).value
    assert layer == Handle(layer.id, "Layer")
    assert session.call(layer, (2,)).value == 6
    assert session.call((layer, "__call__"), (2,)).value == 6
    assert session.call((layer, "twin")).value == layer
    assert session.call((layer, "same"), (layer,)).value is True
    assert session.attribute(layer, "n").value == 3
    assert (session.attribute(layer, "weight").value == 3).all()
    assert session.attribute(None, "SCALE").value == 2


def test_handles_travel_inside_containers(session):
    first, second = session.call("pair").value
    assert session.call((first, "same"), (second,)).value is False


def test_generators_advance_over_calls(session):
    generator = wire.Generator(7)
    expected = np.random.default_rng(7)
    for _ in range(2):
        value = session.call("draw", (generator, 3)).value
        assert (value == expected.standard_normal(3)).all()


def test_stdout_belongs_to_its_call(session):
    assert session.call("say", ("one",)).stdout == "one\n"
    assert session.call("say", ("two",)).stdout == "two\n"
    assert session.call("add", (1,)).stdout == ""


def test_long_stdout_is_cut_and_says_so(engine):
    with engine.open("numpy", Limits(stdout_bytes=100)) as session:
        session.load(MODEL)
        text = session.call("say", ("x" * 500,)).stdout
    assert text.startswith("x" * 100 + "\n[cut here: only the first 100 bytes")


def test_inputs_come_back_as_they_are_after_the_call(session):
    x = np.zeros(3)
    reply = session.call("touch", (x,), return_inputs=True)
    assert (reply.inputs[0] == 1).all()
    assert (x == 0).all()


def test_an_exception_has_classes_and_the_learner_s_frames_only(session):
    with pytest.raises(errors.CandidateRaised) as raised:
        session.call("fail", ("IndexError",))
    fault = raised.value
    assert fault.verdict == "runtime_error"
    assert (fault.type_name, fault.text) == ("IndexError", "because")
    assert fault.bases == ("IndexError", "LookupError", "Exception", "BaseException", "object")
    assert [(frame.function, frame.line) for frame in fault.frames] == [("fail", 14)]
    assert "raise" in fault.frames[0].text


def test_the_session_goes_on_after_an_exception(session):
    with pytest.raises(errors.CandidateRaised):
        session.call("fail", ("ValueError",))
    assert session.call("add", (1,)).value == 2


def test_wrong_arguments_are_the_candidate_s_exception(session):
    with pytest.raises(errors.CandidateRaised, match="TypeError"):
        session.call("add", ())


def test_stdout_before_an_exception_is_kept(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"def solve(): print('so far'); return 1 / 0")
        with pytest.raises(errors.CandidateRaised) as raised:
            session.call("solve")
    assert raised.value.stdout == "so far\n"


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        (b"", "empty", None),
        (b" \n\t\n", "empty", None),
        (b"x = 1\ndef f(:\n", "SyntaxError", 2),
        (b"if True:\nx = 1", "IndentationError", 2),
        (b"x = 1\n\0", "NUL", 2),
        (b"# caf\xe9\n", "UTF-8", 1),
        (b"\x89PNG\r\n\x1a\n\xff", "UTF-8", 1),
        (b"#" * 300_000, "limit is 262,144 bytes", None),
    ],
    ids=["empty", "blank", "syntax", "indentation", "nul", "latin-1", "binary", "300 kB"],
)
def test_source_that_cannot_be_used_is_invalid(engine, source, message, line):
    with (
        engine.open("numpy", QUICK) as session,
        pytest.raises(errors.InvalidSubmission, match=message) as raised,
    ):
        session.load(source)
    assert raised.value.line == line
    assert raised.value.verdict == "invalid_submission"


def test_a_byte_order_mark_and_windows_line_ends_are_fine(engine):
    with engine.open("numpy", QUICK) as session:
        assert session.load(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n").names == ("x", "y")


def test_a_missing_function_names_what_was_found(session):
    with pytest.raises(
        errors.InvalidSubmission, match=r"no 'ad'\. It defines: SCALE, .* Did you mean 'add'\?"
    ):
        session.call("ad", (1,))


def test_a_name_that_is_no_function_is_invalid(session):
    with pytest.raises(errors.InvalidSubmission, match="'SCALE' is of type int"):
        session.call("SCALE")


def test_a_module_that_is_not_there_says_what_is(engine):
    message = "Only the standard library and NumPy"
    with (
        engine.open("numpy", QUICK) as session,
        pytest.raises(errors.CandidateRaised, match=message) as raised,
    ):
        session.load(b"import numpy\nimport pandas")
    assert raised.value.frames[0].line == 2


def test_a_session_is_dead_after_a_limit(engine):
    with engine.open("numpy", Limits(seconds=1.5)) as session:
        session.load(b"def solve():\n while True: pass\ndef f(): return 1")
        with pytest.raises(errors.TimeLimit, match=r"1\.5 seconds"):
            session.call("solve")
        with pytest.raises(errors.TimeLimit):
            session.call("f")


def test_a_crash_names_the_signal(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"import ctypes\ndef solve(): ctypes.string_at(0)")
        with pytest.raises(errors.CandidateDied, match="signal 11") as raised:
            session.call("solve")
    assert raised.value.signal == 11


def test_provided_modules_can_be_imported_and_called(engine):
    given = "class Buggy:\n    def __init__(self): self.mode = 'train'\n    def answer(self): return 41\n"
    fix = b"from given import Buggy\nclass Fixed(Buggy):\n    def answer(self): return super().answer() + 1\n"
    with engine.open("numpy", QUICK) as session:
        session.provide("given", given)
        session.load(fix)
        broken, fixed = session.call("given:Buggy").value, session.call("Fixed").value
        assert session.call((broken, "answer")).value == 41
        assert session.call((fixed, "answer")).value == 42


def test_dataclasses_inspect_and_main_guards_work(engine):
    source = b"""
import dataclasses, inspect
@dataclasses.dataclass
class Point:
    x: int = 1
def solve(): return [Point().x, 'def solve' in inspect.getsource(solve), __name__]
if __name__ == '__main__':
    raise SystemExit
"""
    with engine.open("numpy", QUICK) as session:
        session.load(source)
        assert session.call("solve").value == [1, True, "solution"]


def test_usage_tells_time_memory_and_tier(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"import numpy as np\ndef solve(): return float(np.ones(8_000_000).sum())")
        assert session.call("solve").value == 8e6
    usage = session.finish()
    assert usage.tier == engine.status()["tier"]
    assert 0 < usage.wall_seconds < 5
    assert 0 < usage.cpu_seconds < 5
    assert 60 < usage.peak_memory_mb < 256
    assert session.finish() is usage


def test_a_finished_session_cannot_be_used(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(MODEL)
    with pytest.raises(errors.EngineFault, match="finished"):
        session.call("add", (1,))


def test_tensors_need_the_torch_profile(session):
    with pytest.raises(errors.EngineFault, match="torch profile"):
        session.call("add", (wire.TensorValue(np.ones(2)),))


def test_large_arrays_travel_both_ways(session):
    x = np.random.default_rng(0).standard_normal(2_000_000)
    assert (session.call("add", (x,)).value == x + 1).all()


def test_an_unknown_profile_is_unavailable(engine):
    with pytest.raises(errors.EngineUnavailable, match="no profile 'cobol'"):
        engine.open("cobol")


def test_without_a_runner_the_engine_is_unavailable(tmp_path):
    with pytest.raises(errors.EngineUnavailable, match="no runner answers"):
        Engine(tmp_path / "nothing").open("numpy")


@pytest.mark.parametrize("bad", [{"seconds": 0}, {"memory_mb": -1}, {"threads": 0}, {"result_bytes": 0}])
def test_limits_must_be_positive(bad):
    with pytest.raises(ValueError, match="above 0"):
        Limits(**bad)


def test_many_clients_are_served(engine):
    results = []

    def client() -> None:
        results.extend(honest_is_accepted(engine) for _ in range(5))

    threads = [threading.Thread(target=client) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [True] * 30


def test_a_forked_worker_can_use_the_engine(engine):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if honest_is_accepted(engine) else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert honest_is_accepted(engine)


def test_sessions_of_one_seed_draw_the_same_numbers(engine):
    source = b"""
import random, numpy as np
def solve(): return random.random(), np.random.rand(), list({'a', 'b', 'c'})
"""

    def drawn(seed: int | None) -> list[object]:
        with engine.open("numpy", seed=seed) as session:
            session.load(source)
            return session.call("solve").value

    assert drawn(5) == drawn(5)
    assert drawn(5)[:2] != drawn(6)[:2]
    assert drawn(None)[:2] != drawn(None)[:2]
