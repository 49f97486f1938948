"""manage.py regrade: judge finished submissions again after an exercise was mended."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from exercises import catalogue
from grader import regrading
from grader.engine import errors
from grader.models import Submission


def finished_submissions(target: str) -> QuerySet[Submission]:
    """Those of an exercise, or the one with this id. Raises CommandError where there is none."""
    rows = (
        Submission.objects.filter(state=Submission.State.FINISHED).select_related("user").order_by("created")
    )
    if target in catalogue.slugs():
        return rows.filter(exercise=target, kind=Submission.Kind.SUBMIT)
    try:
        one = rows.filter(pk=UUID(target))
    except ValueError:
        raise CommandError(f"{target!r} is neither an exercise nor the id of a submission") from None
    if not one.exists():
        raise CommandError(f"no finished submission has the id {target}")
    return one


class Command(BaseCommand):
    help = "Judge the finished submissions of an exercise, or one submission, again with their stored seeds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", metavar="EXERCISE|SUBMISSION_ID")
        parser.add_argument("--dry-run", action="store_true", help="only show whose verdict would change")

    def handle(self, *args: Any, target: str, dry_run: bool, **options: Any) -> None:
        rows = finished_submissions(target)
        counts = {"judged": 0, "changed": 0, "failed": 0}
        try:
            with regrading.any_engine() as engine:
                for submission in rows.iterator(chunk_size=50):
                    self._one(regrading.judge_again(submission, engine), dry_run, counts)
        except (errors.EngineError, catalogue.ExerciseError) as error:
            raise CommandError(f"stopped after {counts['judged']} submissions: {error}") from None
        would = "would change" if dry_run else "changed"
        self.stdout.write(f"{counts['judged']} judged again, {counts['changed']} {would}")
        if counts["failed"]:
            raise CommandError(f"{counts['failed']} could not be judged; they keep their verdicts")

    def _one(self, outcome: regrading.Outcome, dry_run: bool, counts: dict[str, int]) -> None:
        counts["judged"] += 1
        counts["failed"] += outcome.failed
        if outcome.changes_verdict:
            counts["changed"] += 1
            self.stdout.write(describe(outcome))
        if outcome.is_news and not dry_run and not outcome.store():
            self.stderr.write(f"{outcome.submission.pk}: changed by someone else meanwhile, left alone")


def describe(outcome: regrading.Outcome) -> str:
    old = outcome.submission
    return (
        f"{old.pk} {old.exercise} by {old.user}: {old.verdict} {old.percent} % "
        f"-> {outcome.verdict} {outcome.percent} %"
    )
