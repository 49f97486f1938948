"""How a submission moves from queued over running to finished, and survives the death of any process.

Every step is one transaction that begins with a conditional UPDATE of the submission's row: it
changes exactly one row or the caller lost the race and stops. That UPDATE also locks the row
(PostgreSQL) or the database (SQLite, which begins its transactions as IMMEDIATE), so that the
events of one submission are numbered without gaps.

    claim          queued and ready  ->  running, attempt + 1, a new lease
    renew          the lease is put off while the judge works
    tell_verdict   the verdict is told before the speed of an accepted answer is measured
    finish         running under this attempt  ->  finished, with the report
    fail           running under this attempt  ->  queued again after a pause, or finished as internal error
    requeue_lost   running with a lease that ran out  ->  queued, or finished after too many attempts

Which of the queued ones is claimed next says `grader.queues`. A queued row is its own outbox entry: as
long as it is there, the sweeper sees to it that a worker comes by (`grader.hints`).

A worker that lost its lease, and comes back from the dead, holds an old attempt number: none of its
steps changes a row. Leases are compared by the clocks of the workers; those must agree to a few
seconds.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from grader import faults, queues, storable
from grader.models import Fault, PastReport, Submission, SubmissionEvent

log = logging.getLogger(__name__)

State = Submission.State
Verdict = Submission.Verdict
Kind = SubmissionEvent.Kind


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _append(pk: UUID, kind: str, payload: dict[str, Any]) -> None:
    """Add the event that the last UPDATE of the row has numbered, in the same transaction."""
    seq = Submission.objects.values_list("last_seq", flat=True).get(pk=pk)
    SubmissionEvent.objects.create(submission_id=pk, seq=seq, kind=kind, payload=payload)


def _change(rows: QuerySet[Submission], pk: UUID, kind: str, payload: dict[str, Any], **fields: Any) -> bool:
    """The conditional UPDATE and its event; False when the row no longer meets the condition."""
    with transaction.atomic():
        if not rows.filter(pk=pk).update(last_seq=F("last_seq") + 1, **fields):
            return False
        _append(pk, kind, payload)
    return True


def _held(submission: Submission) -> QuerySet[Submission]:
    """The row, if the claim that `submission` stands for still holds."""
    return Submission.objects.filter(pk=submission.pk, state=State.RUNNING, attempt=submission.attempt)


def enqueue(submission: Submission) -> None:
    """Save a new submission, with its turn and its first event, in one transaction."""
    with transaction.atomic(savepoint=False):
        place = queues.draw(submission.user, submission.queue)
        submission.turn, submission.behind = place.turn, place.behind
        submission.last_seq = 1
        submission.save(force_insert=True)
        SubmissionEvent.objects.create(submission=submission, seq=1, kind=Kind.QUEUED)


def claim_next(queue: str) -> Submission | None:
    """Take the submission of the queue whose turn it is; None when none waits."""
    with transaction.atomic():
        pk = queues.first_in_turn(queue, settings.MAX_ATTEMPTS)
        return None if pk is None else claim(pk)


def claim(pk: UUID | str) -> Submission | None:
    """Take a submission for judging; None when it isn't there, is not waiting, or another worker has it."""
    now = timezone.now()
    waiting = Submission.objects.waiting(now).filter(pk=pk, attempt__lt=settings.MAX_ATTEMPTS)
    with transaction.atomic(savepoint=False):
        claimed = waiting.update(
            state=State.RUNNING,
            attempt=F("attempt") + 1,
            last_seq=F("last_seq") + 1,
            lease_until=_lease_end(),
            ready_at=None,
            started=now,
        )
        if not claimed:
            return None
        submission = Submission.objects.select_related("user").get(pk=pk)
        payload = {"attempt": submission.attempt}
        SubmissionEvent.objects.create(
            submission=submission, seq=submission.last_seq, kind=Kind.RUNNING, payload=payload
        )
    return submission


def renew(submission: Submission) -> bool:
    """Put the lease off; False when this claim no longer holds."""
    return bool(_held(submission).update(lease_until=_lease_end()))


def progress(submission: Submission, case: int, of: int, name: str, note: str = "") -> bool:
    """Tell the learner that case `case` of `of` is under way; False when this claim no longer holds.

    `note` is the check's word on how far the case is.
    """
    payload = {"case": case, "of": of, "name": name} | ({"note": note} if note else {})
    return _change(_held(submission), submission.pk, Kind.CASE, payload, lease_until=_lease_end())


def tell_verdict(submission: Submission, verdict: str, score: float) -> bool:
    """Tell the learner the verdict ahead of the rest; False when this claim no longer holds.

    The submission stays this worker's: should it die before it finishes, the submission is judged again.
    """
    payload = {"verdict": verdict, "score": score}
    return _change(_held(submission), submission.pk, Kind.VERDICT, payload, lease_until=_lease_end())


def finish(submission: Submission, report: dict[str, Any], exercise_version: str = "") -> bool:
    """Store the report under this claim; False when the claim no longer holds and nothing was stored."""
    outcome = _outcome(report, exercise_version)
    return _change(
        _held(submission),
        submission.pk,
        Kind.FINISHED,
        {"verdict": outcome["verdict"], "score": outcome["score"]},
        state=State.FINISHED,
        lease_until=None,
        finished=timezone.now(),
        **outcome,
    )


def _outcome(report: dict[str, Any], exercise_version: str = "") -> dict[str, Any]:
    """The columns that a report fills."""
    usage = report.get("usage") or {}
    report = {key: value for key, value in report.items() if key != "seed"}  # stays in its column, unseen
    return {
        "verdict": Verdict(report["verdict"]),
        "score": float(report.get("score") or 0.0),
        "seconds": usage.get("wall_seconds"),
        "memory_mb": usage.get("peak_memory_mb"),
        "tier": (report.get("speed") or {}).get("tier") or "",
        "report": storable.clean(report),
        "exercise_version": exercise_version,
    }


def fail(submission: Submission, reason: str) -> bool:
    """A fault of ours: queue the submission again after a pause, or give up after the last attempt.

    `reason` goes to the log and the staff's page; the learner only reads that the fault isn't theirs.
    """
    log.error("submission %s, attempt %d: %s", submission.pk, submission.attempt, reason)
    faults.record(Fault.Kind.INTERNAL, submission.pk, submission.attempt, reason)
    if submission.attempt >= settings.MAX_ATTEMPTS:
        return _give_up(_held(submission), submission.pk, submission.attempt)
    return _requeue(_held(submission), submission.pk, pause=2**submission.attempt)


def _requeue(rows: QuerySet[Submission], pk: UUID, pause: float = 0) -> bool:
    ready_at = timezone.now() + timedelta(seconds=pause) if pause else None
    again = {"again": True}
    return _change(rows, pk, Kind.QUEUED, again, state=State.QUEUED, lease_until=None, ready_at=ready_at)


def _give_up(rows: QuerySet[Submission], pk: UUID, attempts: int) -> bool:
    """Finish as an internal error, which is not the learner's and counts against nobody."""
    outcome = _outcome({"verdict": Verdict.INTERNAL_ERROR, "cases": [], "attempts": attempts})
    given_up = _change(
        rows,
        pk,
        Kind.FINISHED,
        {"verdict": outcome["verdict"], "score": outcome["score"]},
        state=State.FINISHED,
        lease_until=None,
        ready_at=None,
        finished=timezone.now(),
        **outcome,
    )
    if given_up:
        faults.bump("gave_up")
    return given_up


def requeue_lost() -> int:
    """Queue again what a dead worker left behind; give up on what killed its worker too often.

    Gives how many there were.
    """
    lost = Submission.objects.lease_ran_out(timezone.now()).values_list("pk", "attempt")
    done = 0
    for pk, attempt in list(lost):
        rows = Submission.objects.lease_ran_out(timezone.now()).filter(attempt=attempt)
        over = attempt >= settings.MAX_ATTEMPTS
        if not (_give_up(rows, pk, attempt) if over else _requeue(rows, pk)):
            continue  # another sweeper was faster
        done += 1
        log.warning("submission %s: the lease of attempt %d ran out", pk, attempt)
        faults.record(Fault.Kind.LEASE, pk, attempt, "No sign of life of its worker: it died or hung.")
    return done + _give_up_exhausted()


def _give_up_exhausted() -> int:
    """Finish what is queued but may not be claimed again: the limit of attempts was lowered."""
    exhausted = Submission.objects.queued().filter(attempt__gte=settings.MAX_ATTEMPTS)
    return sum(_give_up(exhausted, pk, n) for pk, n in list(exhausted.values_list("pk", "attempt")))


def replace_report(submission: Submission, report: dict[str, Any], exercise_version: str) -> bool:
    """Put a regrade's report in place of the old one, which is kept; False when the row changed meanwhile."""
    outcome = _outcome(report, exercise_version)
    unchanged = Submission.objects.filter(state=State.FINISHED, attempt=submission.attempt)
    payload = {"verdict": outcome["verdict"], "score": outcome["score"], "before": submission.verdict}
    with transaction.atomic():
        attempt = F("attempt") + 1
        if not _change(unchanged, submission.pk, Kind.REGRADED, payload, attempt=attempt, **outcome):
            return False
        PastReport.objects.create(
            submission=submission,
            attempt=submission.attempt,
            exercise_version=submission.exercise_version,
            verdict=submission.verdict,
            score=submission.score,
            report=submission.report,
        )
    return True
