"""Regrades behind the staff's pages: a dry run in slices on the workers, then applied or cancelled.

A regrade takes a worker for two seconds at a time and queues itself again behind the learners who wait, so
that a large one delays nobody for long. As with submissions, the row is the truth and a message only a hint:
the sweeper sends the hint again when the worker died, and each submission is judged under its own seed and
stored before the next begins. What a dry run found is kept and applied as it was shown.
"""

import contextlib
import logging
import threading
import time
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from accounts.models import User
from exercises import catalogue
from grader import hints, regrading
from grader.engine import Engine
from grader.judging import OVERHEAD_SECONDS
from grader.models import Regrade, RegradedSubmission, Submission, SubmissionQuerySet

log = logging.getLogger(__name__)

TASK = "grader.tasks.regrade"
STEP_SECONDS = 2.0
REPEAT_HINT_SECONDS = 30
RUNNER_PAUSE_SECONDS = 10
MAX_TRIES = 3
MAX_SELECTED = 2000
EXPIRES_DAYS = 7
RUNNER_AWAY = "The runner does not answer; it will be tried again."

State = Regrade.State
Item = RegradedSubmission.State


class Refused(Exception):
    """Nothing was started; the text says why."""


class RunnerAway(Exception):
    """No judgement is possible now."""


# What people do


def start(exercise: str, queue: str, user: User, everything: bool = False) -> Regrade:
    """A dry run of all finished submissions of an exercise that one queue has graded; raises Refused."""
    if exercise not in catalogue.slugs():
        raise Refused(f"There is no exercise {exercise!r}.")
    with transaction.atomic():
        _refuse_second(exercise, queue)
        regrade = Regrade.objects.create(
            exercise=exercise, queue=queue, started_by=user, everything=everything
        )
        transaction.on_commit(partial(_hint, regrade.pk), robust=True)
    return regrade


def start_selection(rows: SubmissionQuerySet, user: User) -> Regrade:
    """A dry run of these submissions, as far as they are finished; raises Refused."""
    finished = (
        rows.select_related(None).filter(state=Submission.State.FINISHED).only("pk", "queue", "exercise")
    )
    chosen = list(finished[: MAX_SELECTED + 1])
    queues = {submission.queue for submission in chosen}
    slugs = {submission.exercise for submission in chosen}
    if not chosen:
        raise Refused("None of these submissions is finished; wait for their verdicts.")
    if len(chosen) > MAX_SELECTED:
        raise Refused(
            f"At most {MAX_SELECTED:,} submissions can be chosen; grade their exercise again instead."
        )
    if len(queues) > 1:
        names = " and ".join(sorted(queues))
        raise Refused(f"These submissions were graded by the queues {names}; choose those of one queue.")
    with transaction.atomic():
        regrade = Regrade.objects.create(
            exercise=slugs.pop() if len(slugs) == 1 else "",
            queue=queues.pop(),
            started_by=user,
            gathered=True,
        )
        _list(regrade, [submission.pk for submission in chosen])
        transaction.on_commit(partial(_hint, regrade.pk), robust=True)
    return regrade


def _refuse_second(exercise: str, queue: str) -> None:
    same = Regrade.objects.filter(exercise=exercise, queue=queue, state__in=Regrade.OPEN)
    if same.exists():
        raise Refused("This exercise is being graded again already: apply or cancel that first.")


def apply(regrade: Regrade, user: User) -> bool:
    """Let the workers store what the dry run found; False when it waits for no decision (any more)."""
    waiting = Regrade.objects.filter(pk=regrade.pk, state=State.JUDGED)
    with transaction.atomic():
        if not waiting.update(state=State.APPLYING, applied_by=user, message="", lease_until=None):
            return False
        transaction.on_commit(partial(_hint, regrade.pk), robust=True)
    return True


def cancel(regrade: Regrade) -> bool:
    """End it before it is applied; False when it is too late."""
    before = Regrade.objects.filter(pk=regrade.pk, state__in=(State.JUDGING, State.JUDGED))
    with transaction.atomic():
        if not before.update(state=State.CANCELLED, finished=timezone.now(), message=""):
            return False
        regrade.items.update(report=None)
    return True


# Hints


def _hint(pk: UUID) -> bool:
    """Send the next hint, which makes earlier ones void; False when the broker doesn't take it."""
    active = Regrade.objects.filter(pk=pk, state__in=Regrade.ACTIVE)
    later = timezone.now() + timedelta(seconds=REPEAT_HINT_SECONDS)
    if not active.update(hint=F("hint") + 1, send_after=later):
        return True
    number, queue = Regrade.objects.values_list("hint", "queue").get(pk=pk)
    try:
        current_app.send_task(TASK, args=[str(pk), number], queue=queue, retry=False, ignore_result=True)
    except hints.BROKER_ERRORS as error:
        log.warning("the broker took no hint for regrade %s: %s", pk, error)
        return False
    return True


def send_due() -> None:
    """Send hints that nobody answered, or whose worker died; forget dry runs that nobody decided about."""
    now = timezone.now()
    due = _free(now).filter(state__in=Regrade.ACTIVE, send_after__lte=now)
    for pk in list(due.values_list("pk", flat=True)):
        if not _hint(pk):
            break
    old = Regrade.objects.filter(state=State.JUDGED, created__lt=now - timedelta(days=EXPIRES_DAYS))
    for regrade in old:
        cancel(regrade)


def _free(now: datetime) -> QuerySet[Regrade]:
    return Regrade.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now))


# What workers do


def step(pk: UUID | str, hint: int) -> None:
    """Work at a regrade for two seconds, unless another worker does or the hint is an old one."""
    now = timezone.now()
    mine = _free(now).filter(pk=pk, hint=hint, state__in=Regrade.ACTIVE)
    if not mine.update(lease_until=now + timedelta(seconds=settings.LEASE_SECONDS)):
        return
    with bound_contextvars(regrade=str(pk)):
        _work(Regrade.objects.get(pk=pk))


def _work(regrade: Regrade) -> None:
    pause = 0.0
    try:
        with Lease(regrade) as lease:
            work = _apply_some if regrade.state == State.APPLYING else _judge_some
            work(regrade, lease)
    except catalogue.ExerciseError as error:
        _fail(regrade, f"The exercise can't be read: {error}")
    except RunnerAway:
        Regrade.objects.filter(pk=regrade.pk).update(message=RUNNER_AWAY)
        pause = RUNNER_PAUSE_SECONDS
    _release(regrade, pause)


def _release(regrade: Regrade, pause: float) -> None:
    after = timezone.now() + timedelta(seconds=pause)
    held = Regrade.objects.filter(pk=regrade.pk, hint=regrade.hint)
    if held.update(lease_until=None, send_after=after) and not pause:
        _hint(regrade.pk)


class Lease(threading.Thread):
    """Renews the lease while a submission is judged, as long as an honest judgement may take.

    So a worker that dies is missed after one lease, however slow the exercise is.
    """

    def __init__(self, regrade: Regrade) -> None:
        super().__init__(name="regrade-lease", daemon=True)
        self.regrade = regrade
        self.ends = time.monotonic() + OVERHEAD_SECONDS
        self.stopped = threading.Event()

    def hold(self, seconds: float) -> bool:
        """Go on for the next submission; False when the regrade was cancelled or taken over."""
        self.ends = time.monotonic() + seconds + OVERHEAD_SECONDS
        return self._renew()

    def _renew(self) -> bool:
        held = Regrade.objects.filter(
            pk=self.regrade.pk, hint=self.regrade.hint, state=self.regrade.state, lease_until__isnull=False
        )
        return bool(held.update(lease_until=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)))

    def run(self) -> None:
        try:
            while not self.stopped.wait(settings.LEASE_SECONDS / 3) and time.monotonic() < self.ends:
                with contextlib.suppress(DatabaseError):  # perhaps next time
                    self._renew()
        finally:
            connection.close()  # this thread's own

    def __enter__(self) -> "Lease":
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopped.set()
        self.join()


def _fail(regrade: Regrade, message: str) -> None:
    active = Regrade.objects.filter(pk=regrade.pk, state__in=Regrade.ACTIVE)
    active.update(state=State.FAILED, message=message[:500], finished=timezone.now())
    regrade.items.update(report=None)


def _gather(regrade: Regrade) -> None:
    rows = regrading.finished(regrade.exercise).filter(queue=regrade.queue)
    if not regrade.everything:
        rows = regrading.outdated(rows, catalogue.load(regrade.exercise))
    with transaction.atomic():
        _list(regrade, list(rows.values_list("pk", flat=True)))
        Regrade.objects.filter(pk=regrade.pk).update(gathered=True)


def _list(regrade: Regrade, pks: list[UUID]) -> None:
    items = (RegradedSubmission(regrade=regrade, submission_id=pk) for pk in pks)
    RegradedSubmission.objects.bulk_create(items, batch_size=500, ignore_conflicts=True)


def _judge_some(regrade: Regrade, lease: Lease) -> None:
    """Judge until the time is up or nothing waits."""
    if not regrade.gathered:
        _gather(regrade)
    engine = Engine(settings.RUNNER_SOCKET)
    end = time.monotonic() + STEP_SECONDS
    waiting = regrade.items.filter(state=Item.WAITING).order_by("tries", "pk")
    while (item := waiting.first()) is not None:
        if time.monotonic() > end or not _judge(lease, item, engine):
            return
    judging = Regrade.objects.filter(pk=regrade.pk, hint=regrade.hint, state=State.JUDGING)
    if judging.update(state=State.JUDGED, message=""):
        log.info("the dry run is complete")


def _judge(lease: Lease, item: RegradedSubmission, engine: Engine) -> bool:
    """Judge one submission again and keep what came of it; False when this worker is to stop."""
    submission = Submission.objects.select_related("user").filter(pk=item.submission_id).first()
    if submission is None:  # deleted this moment, and its item with it
        return True
    row = RegradedSubmission.objects.filter(pk=item.pk)
    exercise = _readable(submission.exercise)
    if exercise is None or item.tries >= MAX_TRIES:
        row.update(state=Item.FAILED, verdict_before=submission.verdict, score_before=submission.score)
        return True
    if not lease.hold(exercise.limits.seconds):
        return False
    row.update(tries=F("tries") + 1)  # before: what kills its worker each time must not be tried for ever
    with bound_contextvars(submission=str(submission.pk), exercise=exercise.slug):
        outcome = regrading.judge_again(submission, engine)
    if not outcome.failed:
        _keep(item, outcome)
    elif not regrading.answers(engine):
        row.update(tries=F("tries") - 1)
        raise RunnerAway
    return True


def _readable(slug: str) -> catalogue.Exercise | None:
    try:
        return catalogue.load(slug)
    except catalogue.ExerciseError as error:
        log.error("nothing of %s can be graded again: %s", slug, error)
        return None


def _keep(item: RegradedSubmission, outcome: regrading.Outcome) -> None:
    old = outcome.submission
    RegradedSubmission.objects.filter(pk=item.pk).update(
        state=Item.JUDGED,
        attempt=old.attempt,
        verdict_before=old.verdict,
        score_before=old.score,
        verdict=outcome.verdict,
        score=outcome.score,
        version=outcome.version,
        changes=outcome.changes_verdict,
        report=outcome.storable_report,
    )


def _apply_some(regrade: Regrade, lease: Lease) -> None:
    """Store what was found until the time is up or nothing is left."""
    end = time.monotonic() + STEP_SECONDS
    left = regrade.items.filter(state=Item.JUDGED)
    while (item := left.first()) is not None:
        if time.monotonic() > end or not lease.hold(0):
            return
        _apply(item)
    applying = Regrade.objects.filter(pk=regrade.pk, hint=regrade.hint, state=State.APPLYING)
    if applying.update(state=State.APPLIED, finished=timezone.now(), message=""):
        log.info("the regrade was applied")


def _apply(item: RegradedSubmission) -> None:
    """Store one report, if the submission is still as it was judged."""
    with transaction.atomic():
        submission = Submission.objects.select_related("user").filter(pk=item.submission_id).first()
        if submission is None:
            return
        outcome = regrading.Outcome(submission, item.report or {}, item.version)
        stored = submission.attempt == item.attempt and (not outcome.is_news or outcome.store())
        state = Item.APPLIED if stored else Item.OUTDATED
        RegradedSubmission.objects.filter(pk=item.pk).update(state=state, report=None)
