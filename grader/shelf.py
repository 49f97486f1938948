"""The exercises as the site shows them: which there are, and how far a learner has come with each."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from exercises import catalogue
from exercises.tiers import TIERS
from grader.models import Progress, Submission

log = logging.getLogger(__name__)

LEVELS = ("junior", "mid", "senior")
STATES = [("solved", "Solved"), ("tried", "Tried"), ("new", "Not tried yet")]
STATES_BY_NAME = dict(STATES)
FRAMEWORKS = [("numpy", "NumPy"), ("torch", "PyTorch")]
MAX_SEARCH = 80  # characters


def exercise_or_404(slug: str) -> catalogue.Exercise:
    try:
        return catalogue.load(slug)
    except catalogue.UnknownExercise:
        raise Http404(f"There is no exercise {slug!r}.") from None
    except catalogue.ExerciseError as error:
        log.error("the exercise cannot be read: %s", error)
        raise Http404(f"The files of exercise {slug!r} are broken; the log names the place.") from None


def solved_slugs(user: User | AnonymousUser) -> set[str]:
    """The exercises that the user has solved."""
    if not user.is_authenticated:
        return set()
    accepted = Submission.objects.of(user).filter(
        kind=Submission.Kind.SUBMIT, verdict=Submission.Verdict.ACCEPTED
    )
    return set(accepted.order_by().values_list("exercise", flat=True).distinct())


def tried_slugs(user: User | AnonymousUser) -> set[str]:
    """The exercises that the user has submitted something for; runs and faults of ours count for nothing."""
    if not user.is_authenticated:
        return set()
    tries = Submission.objects.of(user).filter(kind=Submission.Kind.SUBMIT)
    tries = tries.exclude(verdict=Submission.Verdict.INTERNAL_ERROR)
    return set(tries.order_by().values_list("exercise", flat=True).distinct())


def best_tiers(user: User | AnonymousUser) -> dict[str, str]:
    """The best speed tier that the user has reached, by exercise."""
    if not user.is_authenticated:
        return {}
    reached = (
        Submission.objects.of(user).exclude(tier="").order_by().values_list("exercise", "tier").distinct()
    )
    best: dict[str, str] = {}
    for slug, tier in reached:
        best[slug] = max(best.get(slug, tier), tier, key=TIERS.index)
    return best


def may_read_solution(user: User | AnonymousUser, exercise: catalogue.Exercise) -> bool:
    """After solving or giving up; instructors always."""
    if not user.is_authenticated:
        return False
    if user.is_instructor or exercise.slug in solved_slugs(user):
        return True
    return Progress.objects.filter(user=user, exercise=exercise.slug, gave_up__isnull=False).exists()


@dataclass(frozen=True)
class Entry:
    """One row of the list of exercises."""

    exercise: catalogue.Exercise
    state: str  # solved, tried or new
    tier: str = ""  # the best speed tier, empty for none

    @property
    def state_text(self) -> str:
        return STATES_BY_NAME[self.state]


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; unknown values narrow nothing."""

    topic: str = ""
    level: str = ""
    state: str = ""
    framework: str = ""
    q: str = ""  # words that title, summary, tags or functions all hold

    @classmethod
    def read(cls, query: Any, topics: Iterable[str]) -> "Filters":
        """The filters in a query string."""

        def known(name: str, values: Iterable[str]) -> str:
            value = query.get(name, "")
            return value if value in values else ""

        return cls(
            known("topic", topics),
            known("level", LEVELS),
            known("state", STATES_BY_NAME),
            known("framework", dict(FRAMEWORKS)),
            query.get("q", "").strip()[:MAX_SEARCH],
        )

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def match(self, entry: Entry) -> bool:
        exercise = entry.exercise
        return (
            self.topic in ("", exercise.topic)
            and self.level in ("", exercise.level)
            and self.state in ("", entry.state)
            and (not self.framework or self.framework in exercise.frameworks)
            and all(word in _words(exercise) for word in self.q.casefold().split())
        )


def _words(exercise: catalogue.Exercise) -> str:
    """What the search looks in."""
    parts = (exercise.title, exercise.summary, exercise.slug, exercise.topic)
    return " ".join((*parts, *exercise.tags, *exercise.entry_points, *exercise.frameworks)).casefold()


def entries(user: User | AnonymousUser) -> list[Entry]:
    """All exercises, easy ones first, with the user's state."""
    solved, tried, best = solved_slugs(user), tried_slugs(user), best_tiers(user)

    def state(slug: str) -> str:
        return "solved" if slug in solved else "tried" if slug in tried else "new"

    found = [
        Entry(exercise, state(exercise.slug), best.get(exercise.slug, ""))
        for exercise in catalogue.readable()
    ]
    return sorted(found, key=lambda entry: (LEVELS.index(entry.exercise.level), entry.exercise.title))


def titles() -> dict[str, str]:
    """The titles of all exercises that can be read, by slug."""
    return {exercise.slug: exercise.title for exercise in catalogue.readable()}
