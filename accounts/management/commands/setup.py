"""Make the first accounts of a new installation and print their log-ins once."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.setup import make_first_accounts


class Command(BaseCommand):
    help = "Make an instructor and a learner when there is no account yet; prints their passwords once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = make_first_accounts()
        if options["json"]:
            self.stdout.write(json.dumps(accounts))
        elif not accounts:
            self.stdout.write("There are accounts already; nothing was made.")
        for account in [] if options["json"] else accounts:
            self.stdout.write(f"{account['role']:<12}{account['username']:<12}{account['password']}")
