"""Checks banks of Markdown files without touching the database."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from quizbank import format, validator
from quizbank.bank_files import ParsedBank
from quizbank.management import banks
from quizbank.problems import BankErrors


class Command(BaseCommand):
    help = "Check question banks by every rule of docs/question-format.md; exit status 1 where one is broken."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="a folder with banks, or one bank's folder")
        parser.add_argument(
            "--coverage", metavar="FILE", help="a YAML list of entries with ids: list those not covered"
        )

    def handle(self, path: str | None, coverage: str | None, **options: Any) -> None:
        parsed, files = banks.read(path)
        exercises = validator.known_exercises(settings.BASE_DIR / "exercises" / "catalogue")
        errors = [error for bank in parsed for error in validator.check(bank, exercises, files)]
        for bank in parsed:
            self._summary(bank)
        if coverage:
            self._coverage(parsed, Path(coverage))
        if errors:
            raise CommandError("\n".join(map(str, errors)) + f"\n{len(errors)} rules broken.", returncode=1)

    def _summary(self, bank: ParsedBank) -> None:
        questions = bank.questions
        self.stdout.write(f"{bank.slug}: {len(questions)} questions in {len(bank.topics)} topics")
        for label, key in (("kind", "kind"), ("level", "level"), ("topic", "topic")):
            counts = Counter(getattr(question, key) for question in questions)
            self.stdout.write(
                f"  by {label}: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))
            )
        covered = {entry for question in questions for entry in question.covers}
        variants = sum("variant" in question.spec for question in questions)
        self.stdout.write(f"  {variants} variant questions, {len(covered)} entries covered")

    def _coverage(self, parsed: list[ParsedBank], path: Path) -> None:
        """List the entries that no question covers, and the names that are no entries."""
        try:
            data, _ = format.load_yaml(path.name, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, BankErrors) as error:
            raise CommandError(f"Cannot read the coverage list {path}: {error}") from None
        entries = {
            str(entry["id"]) for entry in data.get("entries", []) if isinstance(entry, dict) and "id" in entry
        }
        covered = set(_covers(parsed))
        self.stdout.write(f"coverage: {len(entries & covered)} of {len(entries)} entries")
        for title, names in (("not covered", entries - covered), ("unknown", covered - entries)):
            for name in sorted(names):
                self.stdout.write(f"  {title}: {name}")


def _covers(parsed: list[ParsedBank]) -> Iterator[str]:
    for bank in parsed:
        for question in bank.questions:
            yield from question.covers
