"""What the commands on banks share."""

from pathlib import Path

from django.core.management.base import CommandError

from quizbank import bank_files
from quizbank.bank_files import ParsedBank
from quizbank.problems import BankErrors

SHIPPED = Path(__file__).resolve().parent.parent / "banks"


def read(path: str | None) -> tuple[list[ParsedBank], dict[str, bytes]]:
    """The banks in a folder (the shipped ones by default) and their files; CommandError lists all errors."""
    try:
        files = bank_files.read_folder(Path(path) if path else SHIPPED)
        return bank_files.read_banks(files), files
    except BankErrors as errors:
        raise failure(errors) from None


def failure(errors: BankErrors) -> CommandError:
    count = len(errors)
    return CommandError(
        f"{errors}\n{count} error{'s' if count != 1 else ''}; nothing was changed.", returncode=1
    )
