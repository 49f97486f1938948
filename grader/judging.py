"""Carries out one claimed submission: keeps its lease alive, runs the judge, stores the report."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from exercises import catalogue
from grader import lifecycle
from grader.engine import Engine, errors
from grader.judge import judge
from grader.models import Submission

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.1  # a learner can't read faster, and each event is a row
RUNNER_PATIENCE_SECONDS = 30  # while the runner starts or starts again
OVERHEAD_SECONDS = 120  # the judge's own work: references, comparisons, the first import of PyTorch


class Heartbeat(threading.Thread):
    """Renews the lease while the judge works, up to a bound that no honest judgement reaches.

    Without the bound a judge that hangs would keep its submission for ever.
    """

    def __init__(self, submission: Submission, at_most_seconds: float) -> None:
        super().__init__(name="lease", daemon=True)
        self.submission = submission
        self.ends = time.monotonic() + at_most_seconds
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopped.wait(settings.LEASE_SECONDS / 3) and time.monotonic() < self.ends:
                if not self._renewed():
                    return
        finally:
            connection.close()  # this thread's own

    def _renewed(self) -> bool:
        try:
            return lifecycle.renew(self.submission)
        except DatabaseError:
            log.exception("submission %s: the lease could not be renewed", self.submission.pk)
            return True  # perhaps next time

    def __enter__(self) -> "Heartbeat":
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopped.set()
        self.join()


class Progress:
    """Passes the judge's progress on, but no more often than a person can follow."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.next = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + PROGRESS_SECONDS
        lifecycle.progress(self.submission, event["case"], event["of"], event["name"])


def wait_for_runner(engine: Engine) -> None:
    """Wait until the runner answers; raises EngineUnavailable after half a minute."""
    give_up = time.monotonic() + RUNNER_PATIENCE_SECONDS
    while True:
        try:
            engine.status()
            return
        except errors.EngineUnavailable:
            if time.monotonic() > give_up:
                raise
        time.sleep(0.2)


def report_for(
    submission: Submission,
    exercise: catalogue.Exercise,
    engine: Engine,
    on_event: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Judge the submission's source with its stored seed."""
    report = judge(
        exercise,
        submission.source.encode(),
        engine=engine,
        seed=submission.seed,
        visible_only=submission.kind == Submission.Kind.RUN,
        on_event=on_event,
    )
    if report.fault:
        log.error("submission %s: %s", submission.pk, report.fault)
    return report.as_dict()


def carry_out(submission: Submission) -> None:
    """Judge a claimed submission and store the outcome; whatever goes wrong here is a fault of ours."""
    try:
        exercise = catalogue.load(submission.exercise)
        engine = Engine(settings.RUNNER_SOCKET)
        with Heartbeat(submission, RUNNER_PATIENCE_SECONDS + exercise.limits.seconds + OVERHEAD_SECONDS):
            wait_for_runner(engine)
            report = report_for(submission, exercise, engine, Progress(submission))
    except Exception as error:
        log.exception("submission %s could not be judged", submission.pk)
        lifecycle.fail(submission, repr(error))
        return
    if report["verdict"] == Submission.Verdict.INTERNAL_ERROR:
        lifecycle.fail(submission, str(report.get("message") or "the judge gave internal_error"))
    elif not lifecycle.finish(submission, report, exercise.version):
        log.warning("submission %s: attempt %d came too late", submission.pk, submission.attempt)
