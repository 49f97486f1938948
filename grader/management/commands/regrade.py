"""manage.py regrade: judge finished submissions again after an exercise was mended."""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from exercises import catalogue
from grader import regrading, results
from grader.engine import Engine, errors
from grader.models import Submission

SOME_FAILED, USAGE, NO_RUNNER, INTERRUPTED = 1, 2, 3, 130
LINE_SECONDS = 10  # between progress lines where there is no terminal to overwrite one


def finished_submissions(target: str) -> QuerySet[Submission]:
    """Those of an exercise, or the one with this id. Raises CommandError where there is none."""
    if target in catalogue.slugs():
        return regrading.finished(target)
    try:
        one = Submission.objects.filter(state=Submission.State.FINISHED, pk=UUID(target))
    except ValueError:
        raise CommandError(
            f"{target!r} is neither an exercise nor the id of a submission", returncode=USAGE
        ) from None
    if not one.exists():
        raise CommandError(f"no finished submission has the id {target}", returncode=USAGE)
    return one


@dataclass
class Summary:
    """What came of it, counted by the verdict before and now."""

    total: int
    judged: int = 0
    changed: int = 0
    failed: int = 0
    left_alone: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, outcome: regrading.Outcome) -> None:
        self.judged += 1
        self.failed += outcome.failed
        self.changed += outcome.changes_verdict
        self.moves[results.verdict_text(outcome.submission.verdict), now_text(outcome)] += 1

    def table(self) -> list[str]:
        """Most frequent first, below a heading."""
        rows = [("before", "now", "submissions")]
        rows += [(before, now, str(count)) for (before, now), count in self.moves.most_common()]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        return [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {n:>11}" for a, b, n in rows]


def now_text(outcome: regrading.Outcome) -> str:
    if outcome.failed:
        return "not judged"
    if not outcome.changes_verdict:
        return "the same"
    if outcome.verdict == outcome.submission.verdict:
        return "the same, other score"
    return results.verdict_text(outcome.verdict)


class Command(BaseCommand):
    help = (
        "Judge the finished submissions of an exercise, or one submission, again with their stored seeds. "
        "Those that the present version of the exercise has judged are skipped, so that an interrupted "
        "regrade can be run again. Exit status: 0 all judged, 1 some could not be judged (they keep their "
        "verdicts), 2 wrong usage, 3 no runner, 130 interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", metavar="EXERCISE|SUBMISSION_ID")
        parser.add_argument("--dry-run", action="store_true", help="only show whose verdict would change")
        parser.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="also those that the present version of the exercise has judged",
        )

    def handle(
        self, *args: Any, target: str, dry_run: bool, everything: bool, verbosity: int, **options: Any
    ) -> None:
        self.dry_run, self.verbosity, self.said = dry_run, verbosity, time.monotonic()
        pks = self._chosen(target, everything)
        if not pks:
            return
        summary = Summary(len(pks))
        try:
            with regrading.any_engine() as engine:
                self._judge_all(pks, engine, summary)
        except (errors.EngineUnavailable, errors.SandboxRefused) as error:
            self._tell(summary)
            raise CommandError(str(error), returncode=NO_RUNNER) from None
        except catalogue.ExerciseError as error:
            self._tell(summary)
            raise CommandError(f"the exercise cannot be read: {error}") from None
        except KeyboardInterrupt:
            self._tell(summary)
            self._say(f"Interrupted. {_after_interruption(dry_run, everything)}")
            sys.exit(INTERRUPTED)
        self._tell(summary)
        if summary.failed:
            raise CommandError(f"{summary.failed} could not be judged; they keep their verdicts")

    def _chosen(self, target: str, everything: bool) -> list[UUID]:
        """What is to be judged; says how many are skipped."""
        rows = finished_submissions(target)
        wanted = rows
        if target in catalogue.slugs() and not everything:
            wanted = regrading.outdated(regrading.finished(target), catalogue.load(target))
        pks = list(wanted.values_list("pk", flat=True))
        skipped = rows.count() - len(pks)
        if skipped:
            self.stdout.write(f"{skipped} judged by the present version already; --all takes them too")
        if not pks:
            self.stdout.write(f"{target}: nothing to judge again")
        return pks

    def _judge_all(self, pks: list[UUID], engine: Engine, summary: Summary) -> None:
        for pk in pks:
            submission = Submission.objects.select_related("user").filter(pk=pk).first()
            if submission is None:  # deleted meanwhile
                summary.left_alone += 1
                continue
            outcome = regrading.judge_again(submission, engine)
            if outcome.failed and not regrading.answers(engine):
                raise errors.EngineUnavailable("the runner went away; start it and run this again")
            self._one(outcome, summary)
            self._progress(summary)

    def _one(self, outcome: regrading.Outcome, summary: Summary) -> None:
        if outcome.is_news and not self.dry_run and not outcome.store():
            summary.left_alone += 1
            self._say(f"{outcome.submission.pk}: changed by someone else meanwhile, left alone")
            return
        summary.add(outcome)
        if self.verbosity and (outcome.changes_verdict or outcome.failed):
            self._clear()
            self.stdout.write(describe(outcome))

    def _progress(self, summary: Summary) -> None:
        """One line that is overwritten on a terminal; elsewhere a line now and then."""
        text = f"{summary.judged} of {summary.total} judged, {summary.changed} with another verdict"
        if self.stderr.isatty():
            self.stderr.write(f"\r{text} ", style_func=str, ending="")
        elif time.monotonic() - self.said >= LINE_SECONDS:
            self._say(text)

    def _clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", style_func=str, ending="")

    def _say(self, text: str) -> None:
        self.said = time.monotonic()
        self._clear()
        self.stderr.write(text, style_func=str)

    def _tell(self, summary: Summary) -> None:
        """The table and one line below it."""
        self._clear()
        if summary.judged:
            self.stdout.write("\n" + "\n".join(summary.table()) + "\n")
        would = "would change" if self.dry_run else "changed"
        of = "" if summary.judged == summary.total else f" of {summary.total}"
        self.stdout.write(f"{summary.judged}{of} judged again, {summary.changed} {would}")
        if summary.left_alone:
            self.stdout.write(f"{summary.left_alone} left alone: deleted or graded again meanwhile")


def _after_interruption(dry_run: bool, everything: bool) -> str:
    if dry_run:
        return "Nothing was stored."
    if everything:
        return "What was judged is stored; with --all the next run begins from the start."
    return "What was judged is stored; run it again to go on."


def describe(outcome: regrading.Outcome) -> str:
    old = outcome.submission
    now = "not judged" if outcome.failed else f"{outcome.verdict} {outcome.percent} %"
    return f"{old.pk} {old.exercise} by {old.user}: {old.verdict} {old.percent} % -> {now}"
