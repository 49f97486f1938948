"""The judge on the real engine, with the small exercise of tests/exercises/fixtures."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from exercises import catalogue, diagnosis
from exercises.dsl import random_for
from exercises.failure import Failure
from grader.engine import Engine
from grader.judge import judge
from grader.report import MAX_REPORT_BYTES, Verdict
from tests.exercises.support import FIXTURES, edit
from tests.grader.engine.support import running

pytestmark = pytest.mark.sandbox
SEED = 123_456_789
COUNTER = """
class Counter:
    def __init__(self, total=0):
        self.total = total
    def add(self, x):
        self.total += x.size
        return self
"""
RIGHT = (FIXTURES / "affine" / "solution.py").read_text()


def answer(body: str, before: str = "") -> str:
    """A submission whose affine has this body; the rest is right."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"import numpy as np\n{before}\ndef affine(x, factor, offset=1.0):\n{lines}\n{COUNTER}"


REFUSING = "if np.ndim(x) != 1:\n    raise ValueError('x must be a vector')\n"


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


@pytest.fixture
def grade(engine):
    exercise = catalogue.load("affine", FIXTURES)

    def grade(source, **options):
        source = source if isinstance(source, bytes) else source.encode()
        return judge(exercise, source, engine=engine, seed=options.pop("seed", SEED), **options)

    return grade


def verdicts(report) -> list[str]:
    return [str(case.verdict) for case in report.cases]


def test_a_right_answer_is_accepted(grade):
    report = grade(RIGHT)
    assert report.verdict is Verdict.ACCEPTED
    assert report.score == 1.0
    data = report.as_dict()
    assert data["sandbox"]
    assert data["usage"]["peak_memory_mb"] > 0
    assert [case["points"] for case in data["cases"]] == [1, 3, 1, 2, 1]
    assert all(case["diagnosis"] is None for case in data["cases"])


def test_a_typical_mistake_is_named_on_visible_and_hidden_cases(grade):
    source = (FIXTURES / "affine" / "mistakes" / "forgets_offset.py").read_text()
    report = grade(source.replace("You forgot", "Not the docstring: you forgot"))
    assert verdicts(report) == ["wrong_answer", "wrong_answer", "accepted", "accepted", "accepted"]
    assert {case.diagnosis for case in report.cases[:2]} == {"You forgot the offset."}
    assert report.score == pytest.approx(4 / 8)


def test_a_mistake_named_before_is_tried_alone(monkeypatch):
    exercise = catalogue.load("conv2d-batch")
    flips = next(mistake for mistake in exercise.mistakes if mistake.name == "flips_kernels")
    candidate, case = exercise.local(flips.source), exercise.cases[1]
    with pytest.raises(Failure) as caught:
        case.run(candidate, SEED)
    tried = []
    monkeypatch.setattr(
        diagnosis,
        "replay",
        lambda exercise, mistake, calls, real=diagnosis.replay: (
            tried.append(mistake.name) or real(exercise, mistake, calls)
        ),
    )
    calls = candidate._driver.calls
    assert diagnosis.diagnose(exercise, case, SEED, calls, caught.value, likely=flips) == flips
    assert tried == ["flips_kernels"]
    other = next(mistake for mistake in exercise.mistakes if mistake.name == "forgets_bias")
    assert diagnosis.diagnose(exercise, case, SEED, calls, caught.value, likely=other) == flips


def test_a_mistake_that_only_shares_a_label_is_named(grade):
    report = grade(RIGHT.replace("self.total += x.size", "self.total += 2"))
    assert verdicts(report)[3] == "wrong_answer"
    assert report.cases[3].diagnosis == "Your counter counts calls, not entries."


def test_a_visible_case_shows_inputs_values_and_difference(grade):
    body = REFUSING + "y = factor * x + offset\ny[1] = 0.5\nprint('looking', y.shape)\nreturn y"
    case = grade(answer(body)).as_dict()["cases"][0]
    assert [item["name"] for item in case["inputs"]] == ["x", "factor", "offset"]
    assert "[1. 2. 3.]" in case["inputs"][0]["text"]
    assert "[ 7.  9. 11.]" in case["expected"]
    assert "[ 7.   0.5 11. ]" in case["actual"]
    assert case["stdout"] == "looking (3,)\n"
    assert case["diff"] == {
        "shape_expected": [3],
        "shape_actual": [3],
        "first_wrong": [1],
        "largest_error": 8.5,
        "wrong": 1,
        "total": 3,
        "expected_there": 9.0,
        "actual_there": 0.5,
    }


def test_a_hidden_case_never_shows_its_numbers(grade):
    rng = random_for(SEED, "random vectors")
    x, factor, offset = rng.standard_normal(6), float(rng.standard_normal()), float(rng.standard_normal())
    tells = "text = repr((x.tolist(), factor, offset))\nprint(text)\n"
    named = "error = type('E' + text.replace('.', '_'), (Exception,), {})\nraise error(text)"
    for body in (
        "return factor * x",
        "return (factor * x)[:-1]",
        "raise KeyError(text)",
        named,
        "return text",
    ):
        data = grade(answer(tells + body)).as_dict()
        for case in data["cases"]:
            if not case["visible"]:
                assert not {"inputs", "expected", "actual", "stdout"} & set(case)
        hidden = json.dumps([case for case in data["cases"] if not case["visible"]])
        for number in (*x, factor, offset, *(factor * x + offset), *(factor * x)):
            assert f"{abs(number):.4f}"[:5] not in hidden
            assert repr(float(abs(number))).replace(".", "_")[:8] not in hidden


def test_a_hidden_case_tells_shapes_and_lines(grade):
    short = grade(
        answer(REFUSING + "return (factor * x + offset)[:-1] if x.size == 6 else factor * x + offset")
    )
    case = short.as_dict()["cases"][1]
    assert case["kind"] == "shape"
    assert case["diff"] == {"shape_expected": [6], "shape_actual": [5]}
    raising = grade(answer("return missing_name")).as_dict()["cases"][1]
    assert (raising["verdict"], raising["message"]) == ("runtime_error", "raised NameError")
    assert raising["frames"] == [{"line": 4, "function": "affine", "text": "return missing_name"}]


def test_an_exception_shows_its_message_on_visible_cases_only(grade):
    report = grade(answer("raise RuntimeError('bad \\x1b[31m\\u202e text' + 'x' * 5000)")).as_dict()
    assert verdicts_of(report)[0] == "runtime_error"
    message = report["cases"][0]["message"]
    assert message.startswith("RuntimeError: bad \ufffd[31m\ufffd text")
    assert len(message) < 1100
    assert "bad" not in report["cases"][1]["message"]


def verdicts_of(data: dict) -> list[str]:
    return [case["verdict"] for case in data["cases"]]


def test_a_missing_function_lists_what_was_found(grade):
    report = grade(RIGHT.replace("def affine(", "def afine("))
    assert report.verdict is Verdict.INVALID_SUBMISSION
    for word in ("'affine'", "afine", "Counter"):
        assert word in report.message
    assert all(case.message.startswith("not run: ") for case in report.cases)
    assert report.score == 0.0


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "empty"),
        (b"\0" * 20, "NUL"),
        (b"\xff\xfe\xfa", "UTF-8"),
        (b"#" * 300_000, "256 kB"),
        (b"def affine(:\n", "line 1: SyntaxError"),
        (b"affine = 3\nCounter = 4\n", "has to be a function"),
        (b"from given import OFFSET\n", "defines no"),
    ],
)
def test_a_source_that_cannot_be_used_says_why(grade, source, words):
    report = grade(source)
    assert report.verdict is Verdict.INVALID_SUBMISSION
    assert words in report.message


def test_an_exception_while_loading_shows_the_line(grade):
    report = grade("import numpy\n\nprint('hello')\n1 / 0\n").as_dict()
    assert report["verdict"] == "runtime_error"
    assert "division" in report["message"]
    assert report["frames"][0]["line"] == 4
    assert report["stdout"] == "hello\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return (factor * x + offset).tolist()", "type"),
        ("return None", "type"),
        ("return 'text'", "type"),
        ("return {1, 2}", "type"),
        ("return (factor * x + offset)[:, None]", "shape"),
        ("return factor * x + np.nan", "values"),
        ("return np.full(3, np.inf)", "values"),
        ("return np.array(['a', 'b', 'c'])", "type"),
        ("return [[[[[[]]]]]] * 3", "type"),
        ("return 10 ** 3000", "type"),
    ],
)
def test_garbage_is_a_wrong_answer_with_its_kind(grade, body, kind):
    case = grade(answer(body)).as_dict()["cases"][0]
    assert (case["verdict"], case["kind"]) == ("wrong_answer", kind)
    assert case["message"]


def test_what_a_check_stumbles_over_is_the_candidates_fault(grade):
    body = REFUSING + "return factor * x + offset if x.size != 5 else (1, 2)"
    report = grade(answer(body))
    assert verdicts(report)[4] == "wrong_answer"
    assert "cannot be used" in report.cases[4].message


def test_a_broken_check_is_our_fault(engine, tmp_path):
    root = shutil.copytree(FIXTURES / "affine", tmp_path / "affine").parent
    edit(root, "checks.py", "x.sum())", "x.summ())")
    report = judge(catalogue.load("affine", root), RIGHT.encode(), engine=engine, seed=1)
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert "CheckBroken" in report.fault
    assert "CheckBroken" not in json.dumps(report.as_dict())


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while True: pass", "time_limit"),
        ("return np.ones((1 << 30,))", "memory_limit"),
        ("print('x' * 10_000_000)", "output_limit"),
        ("import ctypes\nctypes.string_at(0)", "runtime_error"),
    ],
)
def test_a_fault_ends_the_session_and_the_rest_is_not_run(grade, body, verdict):
    report = grade(
        answer(f"if x.size == 6:\n    {body.replace(chr(10), chr(10) + '    ')}\nreturn factor * x + offset")
    )
    assert verdicts(report) == ["accepted"] + [verdict] * 4
    assert [case.message.startswith("not run: ") for case in report.cases] == [False, False, True, True, True]
    assert report.message
    assert grade(RIGHT).verdict is Verdict.ACCEPTED


def test_a_changed_argument_is_a_mutation(grade):
    case = grade(answer(REFUSING + "x *= factor\nx += offset\nreturn x")).as_dict()["cases"][1]
    assert (case["verdict"], case["kind"]) == ("wrong_answer", "mutation")


def test_a_run_judges_the_visible_cases_only(grade):
    report = grade(RIGHT, visible_only=True)
    assert [case.name for case in report.cases] == ["three numbers"]
    assert report.score == 1.0


def test_each_case_is_announced(grade):
    seen = []
    grade(RIGHT, on_event=seen.append)
    assert seen[0] == {"case": 1, "of": 5, "name": "three numbers"}
    assert [event["case"] for event in seen] == [1, 2, 3, 4, 5]


def without_times(report) -> dict:
    data = report.as_dict()
    del data["seconds"], data["usage"]
    for case in data["cases"]:
        del case["seconds"]
    return data


def test_the_same_seed_gives_the_same_report(grade):
    # accepts or fails by the hidden input, so that other inputs give another report
    source = answer(REFUSING + "return (factor * x + offset)[: 3 + int(abs(x[0]) * 1e6) % 3 + (x.size < 6)]")
    first = without_times(grade(source, seed=SEED))
    assert without_times(grade(source, seed=SEED)) == first
    others = [without_times(grade(source, seed=seed)) | {"seed": SEED} for seed in range(4)]
    assert any(other != first for other in others)
    assert all(other["cases"][0] == first["cases"][0] for other in others)


def test_hidden_inputs_differ_by_seed_and_visible_ones_do_not():
    exercise = catalogue.load("affine", FIXTURES)
    drawn = []
    probe = SimpleNamespace(affine=lambda x, *rest, **options: drawn.append(np.array(x)) or 1 / 0)
    for seed in (1, 2):
        for case in exercise.cases[2:3]:
            with pytest.raises(ZeroDivisionError):
                case.run(probe, seed)
    assert not np.array_equal(*drawn)


def test_a_report_is_bounded(grade):
    body = "print('y' * 60_000)\nreturn ['z' * 50_000] * 100"
    report = grade(answer(body))
    assert len(json.dumps(report.as_dict())) < 20_000 < MAX_REPORT_BYTES


def test_no_runner_is_our_fault(tmp_path, caplog):
    report = judge(catalogue.load("affine", FIXTURES), b"", engine=Engine(tmp_path / "none"), seed=1)
    data = report.as_dict()
    assert data["verdict"] == "internal_error"
    assert data["message"] == "Grading failed through a fault of ours. This does not count against you."
    assert str(tmp_path) not in json.dumps(data)
    assert "EngineUnavailable" in report.fault


def test_a_library_call_that_does_the_exercise_is_named(engine):
    exercise = replace(catalogue.load("affine", FIXTURES), forbidden=("convolve",))
    source = "import numpy as np\ndef affine(x, factor, offset=1.0):\n    return np.convolve(x, [factor])"
    report = judge(exercise, source.encode(), engine=engine, seed=1)
    assert report.verdict == "invalid_submission"
    assert report.message == (
        "line 3: numpy.convolve is not allowed here: this exercise is about writing that yourself."
    )
    assert {case.verdict for case in report.cases} == {"invalid_submission"}
