"""Judges finished submissions again with their stored seeds, when an exercise's checks were mended."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from exercises import catalogue
from grader import judging, lifecycle, supervision
from grader.engine import Engine, errors, spawn
from grader.models import Submission


@contextmanager
def any_engine() -> Iterator[Engine]:
    """The runner that is there, else one of our own for the time being."""
    engine = Engine(settings.RUNNER_SOCKET)
    try:
        engine.status()
    except errors.EngineUnavailable:
        with _own_engine() as own:
            yield own
    else:
        yield engine


@contextmanager
def _own_engine() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="stride-") as folder:
        path = Path(folder) / "runner.sock"
        process = spawn.start_runner(path, tuple(settings.RUNNER_PROFILES))
        try:
            yield Engine(path)
        finally:
            supervision.end(process)


@dataclass(frozen=True)
class Outcome:
    """What a submission's verdict is now, beside what it was."""

    submission: Submission
    report: dict[str, Any]
    version: str

    @property
    def verdict(self) -> str:
        return str(self.report["verdict"])

    @property
    def score(self) -> float:
        return float(self.report.get("score") or 0.0)

    @property
    def percent(self) -> int:
        return round(100 * self.score)

    @property
    def failed(self) -> bool:
        """Grading itself failed: nothing is known about the submission."""
        return self.verdict == Submission.Verdict.INTERNAL_ERROR

    @property
    def changes_verdict(self) -> bool:
        old = self.submission
        same = old.verdict == self.verdict and abs((old.score or 0.0) - self.score) < 1e-9
        return not self.failed and not same

    @property
    def is_news(self) -> bool:
        """Worth storing: another verdict, or the same from another version of the exercise."""
        return self.changes_verdict or (not self.failed and self.submission.exercise_version != self.version)

    def store(self) -> bool:
        """Keep the old report and put this one in its place; False when the row changed meanwhile."""
        return lifecycle.replace_report(self.submission, self.report, self.version)


def judge_again(submission: Submission, engine: Engine) -> Outcome:
    """Replay a submission: same source, same seed, the exercise as it is now."""
    exercise = catalogue.load(submission.exercise)
    return Outcome(submission, judging.report_for(submission, exercise, engine), exercise.version)
