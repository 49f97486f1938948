"""How an expectation fails: data for a report, apart from what may be shown on a hidden case."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np


class Kind(StrEnum):
    """What was wrong."""

    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    VALUES = "values"
    EXCEPTION = "exception"
    STATISTICS = "statistics"
    MUTATION = "mutation"


@dataclass(frozen=True)
class Difference:
    """Where two arrays differ. `largest_error` is None where an entry that differs is not finite."""

    shape_expected: tuple[int, ...]
    shape_actual: tuple[int, ...]
    first_wrong: tuple[int, ...] | None = None
    largest_error: float | None = None
    wrong: int | None = None
    total: int | None = None
    expected_there: Any = None
    actual_there: Any = None


@dataclass(frozen=True, eq=False)
class Compared:
    """Two arrays of one shape, perhaps out of containers, and which entries are wrong."""

    actual: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray


class Failure(AssertionError):
    """An expectation that did not hold.

    `message` never holds an expected or an input value, since hidden cases show it; `detail` may, and so do
    `expected`, `actual` and `compared`.
    """

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        detail: str = "",
        label: str | None = None,
        expected: Any = None,
        actual: Any = None,
        difference: Difference | None = None,
        compared: Compared | None = None,
    ) -> None:
        super().__init__(kind, message)  # what it is made of again in another process
        self.kind = kind
        self.message = message
        self.detail = detail
        self.label = label
        self.expected = expected
        self.actual = actual
        self.difference = difference
        self.compared = compared

    def __str__(self) -> str:
        return self.message
