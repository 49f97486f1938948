"""Cases without points: something to win that no verdict depends on."""

import pytest

from exercises import catalogue
from exercises.catalogue import ExerciseError
from grader import results
from grader.judge import judge
from grader.models import Submission
from grader.report import Verdict
from tests.grader.engine.support import running

RIGHT = """
import numpy as np
def affine(x, factor, offset=1.0):
    if np.ndim(x) != 1:
        raise ValueError("x must be a vector")
    return factor * x + offset
class Counter:
    def __init__(self, total=0):
        self.total = total
    def add(self, x):
        self.total += x.size
        return self
"""
BONUS = """
@case("as small as can be", bonus=True)
def small(candidate, rng):
    expect.that(candidate.affine(rng.standard_normal(3), 0.0, 0.0) is None, "It could be smaller.")
"""


@pytest.fixture
def exercise(root):
    path = root / "affine" / "checks.py"
    path.write_text(path.read_text() + BONUS)
    return catalogue.load("affine", root)


def test_a_bonus_is_worth_no_points(exercise):
    assert exercise.cases[-1].bonus
    assert exercise.points == 8


def test_a_bonus_comes_last(root):
    path = root / "affine" / "checks.py"
    path.write_text(
        path.read_text().replace('@case("three numbers", visible=True)', '@case("three numbers", bonus=True)')
    )
    with pytest.raises(ExerciseError, match="'three numbers' is a bonus: put it last"):
        _ = catalogue.load("affine", root).cases


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("body", "case"),
    [
        ("return factor * x + offset", Verdict.WRONG_ANSWER),
        ("return None if factor == 0 else factor * x + offset", Verdict.ACCEPTED),
        ("1 / factor\n    return factor * x + offset", Verdict.RUNTIME_ERROR),
        ("while factor == 0: pass\n    return factor * x + offset", Verdict.TIME_LIMIT),
    ],
)
def test_a_missed_bonus_leaves_the_verdict_alone(exercise, db, learner, body, case):
    source = RIGHT.replace("return factor * x + offset", body)
    with running() as engine:
        report = judge(exercise, source.encode(), engine=engine, seed=1)
    assert (report.verdict, report.score, report.message) == (Verdict.ACCEPTED, 1.0, "")
    assert report.cases[-1].verdict == case
    submission = Submission(user=learner, exercise="affine", state="finished", verdict="accepted", score=1.0)
    submission.report = report.as_dict()
    shown = results.present(submission)
    assert (shown.failing, shown.earned, shown.points) == ([], 8, 8)
    assert [view.name for view in shown.missed] == (
        [] if case is Verdict.ACCEPTED else ["as small as can be"]
    )
