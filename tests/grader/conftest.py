"""Submissions in any state, made the way the site makes them."""

from collections.abc import Callable
from typing import Any

import pytest

from exercises import catalogue
from grader import lifecycle
from grader.models import Submission

SLUG = "conv2d-batch"


@pytest.fixture
def exercise() -> catalogue.Exercise:
    return catalogue.load(SLUG)


@pytest.fixture
def make_submission(learner) -> Callable[..., Submission]:
    def make(
        user: Any = None, source: str = "x = 1\n", kind: str = "submit", slug: str = SLUG, queue: str = "cpu"
    ) -> Submission:
        submission = Submission(user=user or learner, exercise=slug, source=source, kind=kind, queue=queue)
        lifecycle.enqueue(submission)
        return submission

    return make


REPORT = {
    "exercise": SLUG,
    "verdict": "wrong_answer",
    "score": 0.5,
    "seed": 12345678987654321,
    "seconds": 0.02,
    "sandbox": "full",
    "usage": {"wall_seconds": 0.5, "cpu_seconds": 0.4, "peak_memory_mb": 51.5, "tier": "full"},
    "cases": [
        {"name": "a passing case", "visible": True, "verdict": "accepted", "points": 1, "message": "",
         "diagnosis": None, "seconds": 0.01},
        {"name": "a failing case", "visible": True, "verdict": "wrong_answer", "points": 2,
         "message": "values differ", "diagnosis": "You flipped the kernel.", "seconds": 0.01,
         "inputs": [{"name": "x", "text": "array([[1.0]])"}], "expected": "array([[9.0]])",
         "actual": "array([[4.0]])",
         "diff": {"shape_expected": [1, 1], "shape_actual": [1, 1], "first_wrong": [0, 0],
                  "largest_error": 5.0, "wrong": 1, "total": 1},
         "stdout": "hello from the learner", "frames": []},
        {"name": "a hidden case", "visible": False, "verdict": "runtime_error", "points": 1,
         "message": "IndexError", "diagnosis": None, "seconds": 0.01},
    ],
}  # fmt: skip


@pytest.fixture
def finish(make_submission) -> Callable[..., Submission]:
    """A submission that a worker has claimed and finished with a report."""

    def make(report: dict[str, Any] | None = None, **options: Any) -> Submission:
        claimed = lifecycle.claim(make_submission(**options).pk)
        assert claimed is not None
        assert lifecycle.finish(claimed, report or REPORT, "v1")
        claimed.refresh_from_db()
        return claimed

    return make
