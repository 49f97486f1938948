"""manage.py replay: judge one submission again, exactly as it was, and compare byte by byte."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises import catalogue
from grader import regrading, replays
from grader.engine import errors
from grader.management.commands.regrade import finished_submissions
from grader.models import Submission


class Command(BaseCommand):
    help = (
        "Judge one submission again with its stored seed and print the report, without times, memory and "
        "tier. Where it is not identical to the stored one, print the difference and end with status 1. "
        "Stores nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("submission", metavar="SUBMISSION_ID")
        parser.add_argument(
            "--stored", action="store_true", help="print the stored report in the same form and judge nothing"
        )

    def handle(self, *args: Any, submission: str, stored: bool, **options: Any) -> None:
        if submission in catalogue.slugs():
            raise CommandError("replay takes the id of one submission; regrade takes an exercise")
        found = finished_submissions(submission).get()
        if stored:
            self.stdout.write(replays.canonical(found.report or {}), ending="")
            return
        if not self._replayed(found):
            sys.exit(1)

    def _replayed(self, found: Submission) -> bool:
        """Judge again and print; False where the report differs."""
        try:
            with regrading.any_engine() as engine:
                outcome = regrading.judge_again(found, engine)
        except (errors.EngineError, catalogue.ExerciseError) as error:
            raise CommandError(str(error)) from None
        if outcome.failed:
            raise CommandError(
                "the submission could not be judged, through a fault of ours; the log says why. Try again"
            )
        report = outcome.storable_report
        difference = replays.difference(found.report or {}, report)
        self.stdout.write(difference or replays.canonical(report), ending="")
        self._summary(outcome, identical=not difference)
        return not difference

    def _summary(self, outcome: regrading.Outcome, *, identical: bool) -> None:
        old = outcome.submission
        version = old.exercise_version or "unknown"
        self.stderr.write(f"stored:   {old.verdict} {old.percent} %, version {version}")
        self.stderr.write(f"replayed: {outcome.verdict} {outcome.percent} %, version {outcome.version}")
        if not identical and version != outcome.version:
            self.stderr.write("The exercise has changed since.")
        self.stderr.write("identical" if identical else "different")
