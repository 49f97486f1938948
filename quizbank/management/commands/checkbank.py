"""Checks banks of Markdown files without touching the database."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from frontend import maths
from quizbank import coverage, formulas, giveaways, validator
from quizbank.bank_files import ParsedBank
from quizbank.coverage import Coverage
from quizbank.management import banks
from quizbank.problems import BankErrors


class Command(BaseCommand):
    help = "Check question banks by every rule of docs/question-format.md; exit status 1 where one is broken."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="a folder with banks, or one bank's folder")
        parser.add_argument(
            "--coverage",
            metavar="FILE",
            help="a YAML list of entries with ids instead of each bank's coverage.yaml",
        )

        parser.add_argument(
            "--need-node", action="store_true", help="fail where formulas cannot be typeset for want of Node"
        )
        parser.add_argument(
            "--deep", action="store_true", help=f"draw each variant question {len(validator.DEEP):,} times"
        )

    def handle(
        self, path: str | None, coverage: str | None = None, deep: bool = False, **options: Any
    ) -> None:
        parsed, files = banks.read(path)
        exercises = validator.known_exercises(settings.BASE_DIR / "exercises" / "catalogue")
        errors: list[object] = []
        for bank in parsed:
            seeds = validator.DEEP if deep else validator.SEEDS
            errors += validator.check(bank, exercises, files, seeds)
            self._summary(bank)
            if listed := self._listed(bank, path, coverage):
                errors += listed.errors(bank.slug, bank.questions) if not coverage else []
                self._coverage(bank, listed)
            errors += self._formulas(bank, need_node=options["need_node"])
        if errors:
            raise CommandError("\n".join(map(str, errors)) + f"\n{len(errors)} rules broken.", returncode=1)

    def _summary(self, bank: ParsedBank) -> None:
        questions = bank.questions
        self.stdout.write(
            f"{bank.slug}: {len(questions)} questions in {len(bank.topics)} topics, {len(bank.sets)} sets"
        )
        for label, key in (("kind", "kind"), ("level", "level"), ("topic", "topic")):
            counts = Counter(getattr(question, key) for question in questions)
            self.stdout.write(
                f"  by {label}: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))
            )
        covered = {entry for question in questions for entry in question.covers}
        variants = sum("variant" in question.spec for question in questions)
        self.stdout.write(f"  {variants} variant questions, {len(covered)} entries covered")
        longest = giveaways.lengths(questions, "single-choice")
        if longest.questions:
            self.stdout.write(
                f"  the right option of single-choice questions is the longest in {longest.share:.0%} "
                f"({longest.chance:.0%} by chance, {giveaways.LONGEST:.0%} allowed)"
            )

    def _listed(self, bank: ParsedBank, path: str | None, given: str | None) -> Coverage | None:
        """The list named on the command line, else the bank's own where it has one."""
        root = Path(path) if path else banks.SHIPPED
        folder = root if (root / "bank.yaml").exists() else root / bank.slug
        file = Path(given) if given else folder / coverage.FILE
        if not given and not file.exists():
            return None
        try:
            return coverage.read(file)
        except BankErrors as errors:
            raise CommandError(f"Cannot read the coverage list {file}: {errors}") from None

    def _coverage(self, bank: ParsedBank, listed: Coverage) -> None:
        """Say how many entries are covered, and name those that are not and claims of none."""
        missing, unknown = listed.unclaimed(bank.questions), listed.unknown(bank.questions)
        total = len(listed.entries)
        self.stdout.write(f"  coverage: {total - len(missing)} of {total} entries")
        for title, names in (("not covered", missing), ("unknown", unknown)):
            for name in names:
                self.stdout.write(f"  {title}: {name}")

    def _formulas(self, bank: ParsedBank, *, need_node: bool) -> list[str]:
        """Typeset all formulas by KaTeX; without Node that is left out, and said."""
        if not maths.is_available():
            text = "formulas are not typeset: Node is missing (pip install -r requirements-dev.txt)"
            if need_node:
                return [f"{bank.slug}: {text}"]
            self.stdout.write(f"  {text}")
            return []
        count, said = formulas.check(bank)
        self.stdout.write(f"  {count} different formulas typeset by KaTeX")
        return said
