"""Writes a bank from the database as Markdown files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizbank import loading
from quizbank.models import Bank


class Command(BaseCommand):
    help = "Write a bank, edits made in the admin included, as files that loadbank reads back without loss."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bank", help="the bank's slug, such as cnn")
        parser.add_argument("path", help="the folder in which the bank's folder is made")

    def handle(self, bank: str, path: str, **options: Any) -> None:
        row = Bank.objects.filter(slug=bank).first()
        if row is None:
            known = ", ".join(Bank.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no bank “{bank}”. Banks: {known}.")
        files = loading.files_of(row)
        try:
            for name, data in files.items():
                target = Path(path) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        except OSError as error:
            raise CommandError(f"Cannot write to {path}: {error.strerror}.") from None
        count = sum(name.endswith(".md") for name in files)
        self.stdout.write(f"{bank}: {count} questions written to {Path(path) / bank}")
