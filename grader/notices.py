"""What a learner is told on the next page: that a submission of theirs was graded again."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from grader.models import Notice, Submission

READ_AT_MOST = 200


def tell(submission: Submission, verdict: str, score: float) -> None:
    """Leave a notice that the verdict in `submission` was replaced by this one.

    While an earlier notice has not been dismissed, the learner still remembers the verdict before that one:
    the two become one notice, or none when everything is as it was.
    """
    unread = Notice.objects.filter(submission=submission, dismissed=None).first()
    before, score_before = submission.verdict, submission.score
    if unread is not None:
        before, score_before = unread.verdict_before, unread.score_before
    if before == verdict and abs((score_before or 0.0) - score) < 1e-9:
        Notice.objects.filter(submission=submission).delete()
        return
    Notice.objects.update_or_create(
        submission=submission,
        defaults={
            "user": submission.user,
            "verdict_before": before,
            "score_before": score_before,
            "verdict": verdict,
            "score": score,
            "created": timezone.now(),
            "dismissed": None,
        },
    )


@dataclass(frozen=True)
class Told:
    """What is said about one exercise: the newest notice, and how many there are."""

    newest: Notice
    number: int

    @property
    def exercise(self) -> str:
        return self.newest.submission.exercise

    @property
    def title(self) -> str:
        return self.newest.submission.title


def unread(user: User) -> list[Told]:
    """What the user has not dismissed, by exercise, the newest first."""
    rows = Notice.objects.filter(user=user, dismissed=None).select_related("submission")
    by_exercise: dict[str, list[Notice]] = {}
    for notice in rows.defer("submission__source", "submission__report")[:READ_AT_MOST]:
        by_exercise.setdefault(notice.submission.exercise, []).append(notice)
    return [Told(found[0], len(found)) for found in by_exercise.values()]


def dismiss(user: User, exercise: str = "") -> int:
    """Dismiss the user's notices about an exercise, or all; gives how many."""
    rows = Notice.objects.filter(user=user, dismissed=None)
    if exercise:
        rows = rows.filter(submission__exercise=exercise)
    return rows.update(dismissed=timezone.now())


def context(request: HttpRequest) -> dict[str, object]:
    """Context processor: `regrade_notices`, looked up only by the pages that show it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"regrade_notices": SimpleLazyObject(lambda: unread(user))}
