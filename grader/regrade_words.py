"""A regrade as its page shows it: how far it is, what would change, and what may be done now."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q

from exercises import catalogue
from grader import results, shelf
from grader.models import Regrade, RegradedSubmission, Submission

SHOWN = 200

Item = RegradedSubmission.State
State = Regrade.State


@dataclass(frozen=True)
class Candidate:
    """Submissions that can be graded again: those of one exercise in one queue."""

    exercise: str
    title: str
    queue: str
    finished: int
    outdated: int
    several_queues: bool

    @property
    def value(self) -> str:
        return f"{self.exercise}/{self.queue}"


def candidates() -> list[Candidate]:
    """The exercises with finished submissions; those with outdated verdicts first."""
    versions = {exercise.slug: exercise.version for exercise in catalogue.readable()}
    titles = shelf.titles()
    current = Q(pk__isnull=True)
    for slug, version in versions.items():
        current |= Q(exercise=slug, exercise_version=version)
    rows = (
        Submission.objects.filter(state=Submission.State.FINISHED, kind=Submission.Kind.SUBMIT)
        .filter(exercise__in=versions)
        .order_by()
        .values("exercise", "queue")
        .annotate(finished_number=Count("pk"), current_number=Count("pk", filter=current))
    )
    slugs = [row["exercise"] for row in rows]
    found = [
        Candidate(
            row["exercise"],
            titles[row["exercise"]],
            row["queue"],
            row["finished_number"],
            row["finished_number"] - row["current_number"],
            slugs.count(row["exercise"]) > 1,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.outdated, one.title, one.queue))


@dataclass(frozen=True)
class Move:
    """How many submissions go from one verdict to another."""

    before: str
    now: str
    count: int

    @property
    def now_text(self) -> str:
        same = self.before == self.now
        return "The same, with another score" if same else results.verdict_text(self.now)


class RegradeView:
    """Each part is looked up when the template asks for it."""

    def __init__(self, regrade: Regrade) -> None:
        self.regrade = regrade

    @property
    def title(self) -> str:
        slug = self.regrade.exercise
        return shelf.titles().get(slug, slug) if slug else "A selection of submissions"

    @cached_property
    def counts(self) -> dict[str, int]:
        rows = self.regrade.items.order_by().values_list("state").annotate(number=Count("pk"))
        return dict(list(rows))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        return self.counts.get(Item.WAITING, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(Item.FAILED, 0)

    @property
    def outdated(self) -> int:
        return self.counts.get(Item.OUTDATED, 0)

    @property
    def done(self) -> int:
        """How many of `total` the work under way is through with."""
        if self.regrade.state == State.APPLYING:
            return self.total - self.counts.get(Item.JUDGED, 0)
        return self.total - self.waiting

    @cached_property
    def changing(self) -> int:
        return self.regrade.items.filter(changes=True).count()

    @property
    def same(self) -> int:
        return self.total - self.waiting - self.failed - self.changing

    @cached_property
    def moves(self) -> list[Move]:
        changing = self.regrade.items.filter(changes=True).order_by()
        rows = changing.values_list("verdict_before", "verdict").annotate(number=Count("pk"))
        return sorted((Move(*row) for row in rows), key=lambda move: -move.count)

    @cached_property
    def items(self) -> list[RegradedSubmission]:
        """The first of those that change or failed."""
        rows = self.regrade.items.filter(Q(changes=True) | Q(state=Item.FAILED))
        rows = rows.select_related("submission__user")
        return list(rows.defer("report", "submission__source", "submission__report")[:SHOWN])

    @property
    def not_shown(self) -> int:
        return max(0, self.changing + self.failed - SHOWN)

    @property
    def may_apply(self) -> bool:
        return self.regrade.state == State.JUDGED and self.total > self.failed

    @property
    def may_cancel(self) -> bool:
        return self.regrade.state in (State.JUDGING, State.JUDGED)
