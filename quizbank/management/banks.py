"""What the commands on banks share."""

from pathlib import Path

from django.core.management.base import CommandError

from quizbank import loading
from quizbank.loading import ParsedBank
from quizbank.problems import BankErrors

SHIPPED = Path(__file__).resolve().parent.parent / "banks"


def read(path: str | None) -> list[ParsedBank]:
    """The banks in a folder (the shipped ones by default); CommandError lists everything that is wrong."""
    try:
        return loading.read_banks(loading.read_folder(Path(path) if path else SHIPPED))
    except BankErrors as errors:
        raise failure(errors) from None


def failure(errors: BankErrors) -> CommandError:
    count = len(errors)
    return CommandError(
        f"{errors}\n{count} error{'s' if count != 1 else ''}; nothing was changed.", returncode=1
    )
