"""How long submissions wait and are graded, summed up for the metrics.

Prometheus wants numbers that only grow, and rows do not: a regrade moves a submission to another verdict,
a deleted account takes its submissions along. So the sweeper adds what has finished since its last visit to
`GradeTally` rows. That costs the grading path nothing, every web process reads the same numbers, and a scrape
reads as many rows as there are combinations of queue, exercise and verdict.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from grader.models import GradeTally, Submission, Watermark

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)  # seconds
SETTLE_SECONDS = 10  # clocks of workers differ, and a row becomes visible a moment after its time
MARK = "tallies"

Key = tuple[str, str, str]  # queue, exercise, verdict
Row = tuple[str, str, str, datetime, datetime | None, datetime | None]


def no_counts() -> list[int]:
    return [0] * (len(BOUNDS) + 1)


@dataclass
class Sum:
    """What is to be added to one tally."""

    count: int = 0
    wait_seconds: float = 0.0
    grade_seconds: float = 0.0
    waits: list[int] = field(default_factory=no_counts)
    grades: list[int] = field(default_factory=no_counts)

    def add(self, wait: float, grade: float) -> None:
        self.count += 1
        self.wait_seconds += wait
        self.grade_seconds += grade
        self.waits[bisect_left(BOUNDS, wait)] += 1
        self.grades[bisect_left(BOUNDS, grade)] += 1


def gather(now: datetime | None = None) -> int:
    """Count what has finished since the last time; gives how many there were. Safe to run twice at once."""
    until = (now or timezone.now()) - timedelta(seconds=SETTLE_SECONDS)
    mark, made = Watermark.objects.get_or_create(name=MARK, defaults={"at": until})
    if made or not _finished(mark.at, until).exists():
        return 0
    with transaction.atomic():
        mark = Watermark.objects.select_for_update().get(name=MARK)
        sums = _sums(_finished(mark.at, until).iterator())
        for key, total in sums.items():
            _add(key, total)
        Watermark.objects.filter(name=MARK, at__lt=until).update(at=until)
    return sum(total.count for total in sums.values())


def _finished(after: datetime, until: datetime) -> QuerySet[Submission, Row]:
    rows = Submission.objects.filter(finished__gt=after, finished__lte=until, started__isnull=False)
    return rows.order_by().values_list("queue", "exercise", "verdict", "created", "started", "finished")


def _sums(rows: Iterable[Row]) -> dict[Key, Sum]:
    sums: dict[Key, Sum] = {}
    for queue, exercise, verdict, created, started, finished in rows:
        if started is None or finished is None:  # the filter lets none of these through
            continue
        wait = max(0.0, (started - created).total_seconds())
        grade = max(0.0, (finished - started).total_seconds())
        sums.setdefault((queue, exercise, verdict), Sum()).add(wait, grade)
    return sums


def _add(key: Key, total: Sum) -> None:
    queue, exercise, verdict = key
    tally, _ = GradeTally.objects.get_or_create(queue=queue, exercise=exercise, verdict=verdict)
    tally.count += total.count
    tally.wait_seconds += total.wait_seconds
    tally.grade_seconds += total.grade_seconds
    tally.waits = _plus(tally.waits, total.waits)
    tally.grades = _plus(tally.grades, total.grades)
    tally.save()


def _plus(old: list[int], new: list[int]) -> list[int]:
    return [a + b for a, b in zip(old or no_counts(), new, strict=True)]
