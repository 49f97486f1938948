"""Loads banks of Markdown files into the database."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from quizbank import loading
from quizbank.management import banks
from quizbank.problems import BankErrors


class Command(BaseCommand):
    help = (
        "Load question banks from a folder (default: the banks that ship with Stride). Loading twice changes "
        "nothing; questions whose file is gone become drafts and keep their answers; questions that were "
        "edited in the admin since they were loaded are kept, unless --overwrite is given. Any error means "
        "that nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="a folder with banks, or one bank's folder")
        parser.add_argument(
            "--overwrite", action="store_true", help="let the files replace edits made in the admin"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, path: str | None, overwrite: bool, dry_run: bool, **options: Any) -> None:
        step = loading.difference if dry_run else loading.apply
        parsed, _ = banks.read(path)
        try:
            with transaction.atomic():
                results = [(bank, step(bank, overwrite=overwrite)) for bank in parsed]
        except BankErrors as errors:
            raise banks.failure(errors) from None
        for bank, changes in results:
            self._report(bank.slug, changes, dry_run)

    def _report(self, slug: str, changes: list[loading.Change], dry_run: bool) -> None:
        questions = [change for change in changes if change.what == "question"]
        counts = Counter(change.action for change in questions)
        named: dict[loading.Action, str] = {
            "create": "new",
            "update": "changed",
            "unchanged": "unchanged",
            "draft": "hidden",
            "kept": "kept",
        }
        summary = ", ".join(f"{counts[action]} {name}" for action, name in named.items() if counts[action])
        self.stdout.write(
            f"{slug}: {len(questions)} questions ({summary or 'none'}){', dry run' if dry_run else ''}"
        )
        if count := sum(change.what == "set" and change.action != "draft" for change in changes):
            self.stdout.write(f"{slug}: {count} sets")
        notes = {
            "draft": "its file is gone; now a draft",
            "kept": "edited in the admin; --overwrite takes the file's",
        }
        for change in changes:
            if change.action in notes:
                self.stdout.write(f"  {change.slug}: {notes[change.action]}")
