"""The list of what a bank has to cover, `<bank>/coverage.yaml`: each entry is claimed by some question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quizbank import format
from quizbank.content import Content
from quizbank.fields import Fields
from quizbank.problems import BankError, BankErrors, Problem

FILE = "coverage.yaml"


@dataclass(frozen=True)
class Coverage:
    """The entries with their lines; in a list that is `complete`, an unclaimed entry is an error."""

    name: str
    entries: dict[str, int]
    complete: bool

    def unclaimed(self, questions: Sequence[Content]) -> list[str]:
        claimed = {entry for question in questions for entry in question.covers}
        return [entry for entry in self.entries if entry not in claimed]

    def unknown(self, questions: Sequence[Content]) -> list[str]:
        claimed = {entry for question in questions for entry in question.covers}
        return sorted(claimed - set(self.entries))

    def errors(self, bank: str, questions: Sequence[Content]) -> list[BankError]:
        """Entries that nobody claims, and claims of entries that do not exist."""
        found = [
            BankError(f"{bank}/{question.topic}/{question.slug}.md", 0, "covers", f"{FILE} has no “{entry}”")
            for question in questions
            for entry in question.covers
            if entry not in self.entries
        ]
        if self.complete:
            text = "no question covers “{}”: write one that names it in its “covers”"
            found += [
                BankError(self.name, self.entries[entry], "", text.format(entry))
                for entry in self.unclaimed(questions)
            ]
        return found


def read(path: Path) -> Coverage:
    """A coverage list; raises BankErrors. Fields of an entry beside its id are free."""
    try:
        data, lines = format.load_yaml(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BankErrors([BankError(str(path), 0, "", f"cannot be read: {error}")]) from None
    problems: list[Problem] = []
    fields = Fields(data, problems)
    complete = fields.flag("complete", default=False)
    entries: dict[str, int] = {}
    for i, entry in enumerate(fields.entries("entries", 1, 5000), 1):
        inner = Fields(entry, problems, f"entries[{i}]")
        entries[inner.slug("id", inner.take("id", "a slug"))] = lines.get(f"entries[{i}]", 1)
    if problems:
        raise BankErrors(BankError(path.name, lines.get(p.field, 1), p.field, p.expected) for p in problems)
    return Coverage(path.name, entries, complete)
