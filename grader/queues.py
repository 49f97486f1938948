"""The queues of submissions: whose turn it is, how many may wait, and how fast they go.

Fair order. A submission draws a turn when it is taken in: the one after the last turn that has been served,
and after the learner's own last unfinished one. So no turn holds two submissions of one learner, a turn
takes in nobody once it is being served, and each turn ends: however many one person sends, a newcomer
waits for at most one of theirs, and however many newcomers there are, the tenth of a flood is graded in
the tenth turn. Within a turn those go first whose learner had fewer unfinished, then the oldest. What has
to be graded again keeps its turn.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from grader.models import Submission

State = Submission.State

CALM_SECONDS, CALM_SUBMISSIONS = 2, 4  # so many in that time leave room for what can also be left undone
PACE_SECONDS = 120  # over which the pace of a queue is measured


@dataclass(frozen=True)
class Place:
    """Where a new submission stands: its turn, and how many of the learner's own are unfinished."""

    turn: int
    behind: int


def draw(user: User, queue: str) -> Place:
    """The place of the user's next submission; call it inside the transaction that stores the row."""
    rows = Submission.objects.filter(queue=queue)
    own = list(rows.of(user).unfinished().values_list("turn", flat=True))
    served = (_last_turn(queue, state) for state in (State.RUNNING, State.FINISHED))
    return Place(1 + max(*served, *own), len(own))


def _last_turn(queue: str, state: str) -> int:
    last = Submission.objects.filter(queue=queue, state=state).aggregate(last=Max("turn"))["last"]
    return last or 0


def first_in_turn(queue: str, max_attempts: int) -> UUID | None:
    """The submission that is to be taken next; only inside a transaction.

    On PostgreSQL the row is locked, and rows that other workers are just taking are passed over.
    """
    waiting = Submission.objects.waiting(timezone.now()).filter(queue=queue, attempt__lt=max_attempts)
    return waiting.in_turn().select_for_update(skip_locked=True).values_list("pk", flat=True).first()


def length(queue: str) -> int:
    """How many submissions are queued."""
    return Submission.objects.queued().filter(queue=queue).count()


def is_calm(queue: str) -> bool:
    """Whether nobody waits and few submissions came lately: time for work that could be left undone."""
    if Submission.objects.waiting(timezone.now()).filter(queue=queue).exists():
        return False
    since = timezone.now() - timedelta(seconds=CALM_SECONDS)
    return Submission.objects.filter(queue=queue, finished__gte=since).count() < CALM_SUBMISSIONS


def expected_wait(queue: str, ahead: int) -> float | None:
    """Seconds until so many are graded at the pace of the last minutes; None when none was graded."""
    since = timezone.now() - timedelta(seconds=PACE_SECONDS)
    graded = Submission.objects.filter(queue=queue, finished__gte=since).count()
    return ahead * PACE_SECONDS / graded if graded else None
