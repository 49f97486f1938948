"""What can be wrong with a bank: where, and what is expected instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A field that is not as expected, inside one question or one YAML file.

    `field` is a path such as "options[2].why"; `offset` counts lines from the start of a text field.
    """

    field: str
    expected: str
    offset: int = 0


@dataclass(frozen=True)
class BankError:
    """One thing that is wrong in a file of a bank. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int
    field: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.expected}" if self.field else f"{place}: {self.expected}"


class BankErrors(Exception):
    """Everything that is wrong with a bank, in the order of files and lines."""

    def __init__(self, errors: Iterable[BankError]) -> None:
        self.errors = sorted(errors, key=lambda error: (error.file, error.line, error.field))
        super().__init__("\n".join(map(str, self.errors)))

    def __iter__(self) -> Iterator[BankError]:
        return iter(self.errors)

    def __len__(self) -> int:
        return len(self.errors)


class FormatProblem(Exception):
    """A learner's answer that cannot be read: never counted wrong, the message says what is expected."""


class InstanceError(Exception):
    """No valid instance of a question comes out of its template; the message is for its author."""

    def __init__(self, field: str, expected: str) -> None:
        self.field = field
        self.expected = expected
        super().__init__(f"{field}: {expected}")
