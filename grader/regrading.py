"""Judges finished submissions again with their stored seeds, when an exercise's checks were mended.

`manage.py regrade` does so in the foreground, `grader.regrade_runs` behind the staff's pages.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from exercises import catalogue
from grader import devices, faults, judging, lifecycle, notices, storable, supervision
from grader.engine import Engine, errors, spawn
from grader.models import Submission, SubmissionQuerySet
from grader.report import Verdict

log = logging.getLogger(__name__)

SAME_SCORE = 1e-9


def answers(engine: Engine) -> bool:
    """Whether a runner is there."""
    try:
        engine.status()
    except errors.EngineUnavailable:
        return False
    return True


@contextmanager
def any_engine() -> Iterator[Engine]:
    """The runner that is there, else one of our own for the time being.

    Where the runner is a service of its own, starting another one would judge in the wrong place: then this
    raises EngineUnavailable, which says what to do.
    """
    engine = Engine(settings.RUNNER_SOCKET)
    if answers(engine):
        yield engine
    elif settings.RUNNER_EMBEDDED:
        with _own_engine() as own:
            yield own
    else:
        raise errors.EngineUnavailable(
            f"no runner answers at {settings.RUNNER_SOCKET}; start the runner service and run this again"
        )


@contextmanager
def _own_engine() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="stride-") as folder:
        path = Path(folder) / "runner.sock"
        process = spawn.start_runner(path, tuple(settings.RUNNER_PROFILES))
        try:
            yield Engine(path)
        finally:
            supervision.end(process)


def finished(exercise: str) -> SubmissionQuerySet:
    """The finished submissions of an exercise, oldest first; runs on the visible cases are left out."""
    rows = Submission.objects.filter(
        state=Submission.State.FINISHED, kind=Submission.Kind.SUBMIT, exercise=exercise
    )
    return rows.order_by("created", "pk")


def outdated(rows: SubmissionQuerySet, exercise: catalogue.Exercise) -> SubmissionQuerySet:
    """Those that another version of the exercise has judged."""
    return rows.exclude(exercise_version=exercise.version)


def same_verdict(submission: Submission, verdict: str, score: float) -> bool:
    """Whether the submission has this verdict and score."""
    return submission.verdict == verdict and abs((submission.score or 0.0) - score) < SAME_SCORE


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
        """Grading itself failed: nothing is known about the submission.

        So it is where the first verdict was reached on a GPU and there is none now.
        """
        on_gpu_before = (self.submission.report or {}).get("device") == devices.GPU
        if on_gpu_before and self.report.get("device") != devices.GPU:
            return True
        return self.verdict == Submission.Verdict.INTERNAL_ERROR

    @property
    def changes_verdict(self) -> bool:
        return not self.failed and not same_verdict(self.submission, self.verdict, self.score)

    @property
    def storable_report(self) -> dict[str, Any]:
        """The report as a row may keep it; the seed stays in the submission's column."""
        return storable.clean({key: value for key, value in self.report.items() if key != "seed"})

    @property
    def is_news(self) -> bool:
        """Worth storing: another verdict, or the same from another version of the exercise."""
        return self.changes_verdict or (not self.failed and self.submission.exercise_version != self.version)

    def store(self) -> bool:
        """Keep the old report, put this one in its place and tell the learner of another verdict.

        False when the row changed meanwhile; nothing is stored then.
        """
        with transaction.atomic():
            if not lifecycle.replace_report(self.submission, self.report, self.version):
                return False
            if self.changes_verdict:
                notices.tell(self.submission, self.verdict, self.score)
                faults.bump("regraded")
        return True


def judge_again(submission: Submission, engine: Engine) -> Outcome:
    """Replay a submission: same source, same seed, the exercise as it is now."""
    exercise = catalogue.load(submission.exercise)
    report = judging.report_for(submission, exercise, engine)
    if report.fault:
        log.error("submission %s: %s", submission.pk, report.fault)
    data = report.as_dict()
    if report.verdict is Verdict.ACCEPTED:  # judging again measures no speed: the tier was earned then
        data["speed"] = (submission.report or {}).get("speed")
    return Outcome(submission, data, exercise.version)
