"""Carries out one claimed submission: keeps its lease alive, runs the judge, stores the report."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from structlog.contextvars import bound_contextvars

from exercises import catalogue
from grader import lifecycle, queues, speed
from grader.engine import Engine, Session, errors
from grader.judge import judge
from grader.models import Submission
from grader.report import Report, Verdict

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.25  # a learner can't read faster, and each event is a row
LOOK_SECONDS = 1.0  # how often the heartbeat looks what there is to do
RUNNER_PATIENCE_SECONDS = 30  # while the runner starts or starts again
STILL_SECONDS = 1.0  # a process that was stopped or starved for longer has measured no candidate's time
STORE_AGAIN_SECONDS = 0.5  # after which a database that was away is tried again
OVERHEAD_SECONDS = 120  # the judge's own work: references, comparisons, the first import of PyTorch


class Progress:
    """Passes the judge's progress on, but no more often than a person can follow.

    What is judged within `PROGRESS_SECONDS` needs none. A case that is told too early is kept: should it
    turn out to be long, the heartbeat tells it.
    """

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.next = time.monotonic() + PROGRESS_SECONDS
        self.kept: dict[str, Any] | None = None
        self.lock = threading.Lock()  # the events of one submission are written one after the other

    def __call__(self, event: dict[str, Any]) -> None:
        """Called by the judge: a database that is away must not spoil the judgement."""
        try:
            with self.lock:
                self.kept = event
                self._tell()
        except DatabaseError as error:
            log.warning("the progress could not be stored: %s", error)
            close_old_connections()

    def tell_kept(self) -> None:
        """Write the case under way unless that has happened already."""
        with self.lock:
            if self.kept is not None:
                self._tell()

    def end(self) -> None:
        """No case is under way any more."""
        with self.lock:
            self.kept = None

    def _tell(self) -> None:
        now = time.monotonic()
        if now >= self.next and self.kept is not None:
            self.next = now + PROGRESS_SECONDS
            event, self.kept = self.kept, None
            lifecycle.progress(
                self.submission, event["case"], event["of"], event["name"], event.get("note", "")
            )


class Heartbeat(threading.Thread):
    """Renews the lease while the judge works, up to a bound that no honest judgement reaches.

    Without the bound a judge that hangs would keep its submission for ever. Cases that take long are told
    to the learner from here, while the judge waits for the candidate. When this thread wakes much too late,
    the whole process stood still, and the time that it has measured is not the candidate's.
    """

    def __init__(self, progress: Progress, at_most_seconds: float) -> None:
        super().__init__(name="lease", daemon=True)
        self.progress = progress
        self.submission = progress.submission
        self.ends = time.monotonic() + at_most_seconds
        self.stopped = threading.Event()
        self.stood_still = 0.0  # seconds

    def run(self) -> None:
        renew_at = time.monotonic() + settings.LEASE_SECONDS / 3
        held = True
        try:
            while held and not self._waited() and time.monotonic() < self.ends:
                if time.monotonic() >= renew_at:
                    renew_at = time.monotonic() + settings.LEASE_SECONDS / 3
                    held = self._survives(lambda: lifecycle.renew(self.submission))
                held = held and self._survives(self.progress.tell_kept)
        finally:
            connection.close()  # this thread's own

    def _waited(self) -> bool:
        """Whether the judge has ended meanwhile."""
        begun = time.monotonic()
        ended = self.stopped.wait(LOOK_SECONDS)
        self.stood_still += max(0.0, time.monotonic() - begun - LOOK_SECONDS)
        return ended

    def _survives(self, step: Callable[[], bool | None]) -> bool:
        """Whether to go on: a database that fails now may answer the next time."""
        try:
            return step() is not False
        except DatabaseError:
            log.exception("submission %s: the lease could not be renewed", self.submission.pk)
            return True

    def __enter__(self) -> "Heartbeat":
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopped.set()
        self.join()


class PatientEngine(Engine):
    """A runner that is just starting, or starting again, is waited for: up to half a minute."""

    def open(self, *arguments: Any, **options: Any) -> Session:
        give_up = time.monotonic() + RUNNER_PATIENCE_SECONDS
        while True:
            try:
                return super().open(*arguments, **options)
            except errors.EngineUnavailable:
                if time.monotonic() > give_up:
                    raise
            time.sleep(0.2)


def report_for(
    submission: Submission,
    exercise: catalogue.Exercise,
    engine: Engine,
    on_event: Callable[[dict[str, Any]], None] | None = None,
) -> Report:
    """Judge the submission's source with its stored seed."""
    return judge(
        exercise,
        submission.source.encode(),
        engine=engine,
        seed=submission.seed,
        visible_only=submission.kind == Submission.Kind.RUN,
        on_event=on_event,
    )


def with_speed(
    report: Report, submission: Submission, exercise: catalogue.Exercise, engine: Engine
) -> Report:
    """The report with the speed of an accepted answer, where the exercise has tiers and there is time.

    Measuring takes seconds, so the verdict is told first; and it is left undone while others are in a hurry,
    who would wait for it and whose answers would disturb it.
    """
    accepted = report.verdict is Verdict.ACCEPTED and submission.kind == Submission.Kind.SUBMIT
    if not (accepted and settings.SPEED_TIERS and exercise.speed and exercise.timed):
        return report
    if queues.is_calm(submission.queue):
        _tell_verdict(submission, report)
        source = submission.source.encode()
        measured = speed.measure(exercise, source, engine=engine, seed=submission.seed)
    else:
        measured = speed.left_out(exercise.timed, exercise.speed)
    return replace(report, speed=measured.as_dict() if measured else None)


def _tell_verdict(submission: Submission, report: Report) -> None:
    try:
        lifecycle.tell_verdict(submission, str(report.verdict), report.score)
    except DatabaseError as error:  # it is told with the report then
        log.warning("the verdict could not be told early: %s", error)
        close_old_connections()


def carry_out(submission: Submission) -> None:
    """Judge a claimed submission and store the outcome; whatever goes wrong here is a fault of ours.

    Every log line meanwhile says which submission it is about, and which request brought it.
    """
    about = {"submission": str(submission.pk), "exercise": submission.exercise, "attempt": submission.attempt}
    if submission.request_id:
        about["request_id"] = submission.request_id
    with bound_contextvars(**about):
        _judge_and_store(submission)


def _judge_and_store(submission: Submission) -> None:
    begun = time.monotonic()
    try:
        exercise = catalogue.load(submission.exercise)
        engine, progress = PatientEngine(settings.RUNNER_SOCKET), Progress(submission)
        longest = RUNNER_PATIENCE_SECONDS + exercise.limits.seconds + OVERHEAD_SECONDS
        with Heartbeat(progress, longest) as heartbeat:
            report = report_for(submission, exercise, engine, progress)
            progress.end()
            report = with_speed(report, submission, exercise, engine)
    except Exception as error:
        log.exception("submission %s could not be judged", submission.pk)
        reason = repr(error)
        _stored(lambda: lifecycle.fail(submission, reason))
        return
    if fault := _fault_in(report, heartbeat.stood_still):
        _stored(lambda: lifecycle.fail(submission, fault))
    elif _stored(lambda: lifecycle.finish(submission, report.as_dict(), exercise.version)):
        seconds = round(time.monotonic() - begun, 3)
        log.info("graded", extra={"verdict": str(report.verdict), "seconds": seconds})
    else:
        log.warning("submission %s: attempt %d came too late", submission.pk, submission.attempt)


def _fault_in(report: Report, stood_still: float) -> str:
    """What is our fault, and no verdict of the learner's; empty when nothing is."""
    if report.verdict is Verdict.INTERNAL_ERROR:
        return report.fault or report.message or "the judge gave internal_error"
    late = any(case.verdict is Verdict.TIME_LIMIT for case in report.cases)
    if late and stood_still > STILL_SECONDS:
        return f"the worker stood still for {stood_still:.1f} s: the time that it took means nothing"
    return ""


def _stored(step: Callable[[], bool]) -> bool:
    """Store an outcome, also when the database is away for a while: up to the end of the lease, about.

    Should an answer of the database be lost, the second try finds the claim gone and changes nothing.
    """
    give_up = time.monotonic() + settings.LEASE_SECONDS
    while True:
        try:
            return step()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > give_up:
                raise
            log.warning("the outcome could not be stored yet: %s", error)
        close_old_connections()
        time.sleep(STORE_AGAIN_SECONDS)
