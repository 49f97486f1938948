"""manage.py replay: judge one submission again, exactly as it was, and compare."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises import catalogue
from grader import regrading
from grader.engine import errors
from grader.management.commands.regrade import finished_submissions


class Command(BaseCommand):
    help = (
        "Judge one submission again with its stored seed and show the cases beside the stored verdict. "
        "Stores nothing. Exit status 1 when the verdict differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("submission", metavar="SUBMISSION_ID")

    def handle(self, *args: Any, submission: str, **options: Any) -> None:
        found = finished_submissions(submission)
        if submission in catalogue.slugs():
            raise CommandError("replay takes the id of one submission; regrade takes an exercise")
        try:
            with regrading.any_engine() as engine:
                outcome = regrading.judge_again(found.get(), engine)
        except (errors.EngineError, catalogue.ExerciseError) as error:
            raise CommandError(str(error)) from None
        for case in outcome.report.get("cases", []):
            self.stdout.write(f"  {case['verdict']:<20} {case['name']}: {case['message']}".rstrip(": "))
        old = outcome.submission
        version = old.exercise_version or "unknown"
        self.stdout.write(f"stored:   {old.verdict} {old.percent} %, version {version}")
        self.stdout.write(f"replayed: {outcome.verdict} {outcome.percent} %, version {outcome.version}")
        if outcome.changes_verdict or outcome.failed:
            sys.exit(1)
