"""What a page needs to draw a wrong array: its values around the first wrong cell, and what feeds that cell.

Everything is bounded: of large arrays the part around the cell is kept. Numbers have six digits, NaN and
infinities are text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from exercises import feeding
from exercises.candidate import Call
from exercises.catalogue import Exercise
from exercises.compare import wide
from exercises.failure import Compared, Failure
from grader import words

ENTRIES = 4096  # of an array that are kept, and of all arguments together
SIDE = 64  # cells along an axis that are kept where an array is too large
AXES = 6


@dataclass(frozen=True)
class Window:
    """The part of an array that is kept."""

    start: tuple[int, ...]
    size: tuple[int, ...]

    @property
    def slices(self) -> tuple[slice, ...]:
        """It as an index."""
        return tuple(slice(start, start + size) for start, size in zip(self.start, self.size, strict=True))


def window(shape: Sequence[int], low: Sequence[int], high: Sequence[int], entries: int = ENTRIES) -> Window:
    """Everything if that is little, else what is around the box from `low` to `high`, both inclusive.

    The box itself comes first, as far as it fits; then more rows and columns, then more slices.
    """
    if math.prod(shape) <= entries:
        return Window((0,) * len(shape), tuple(shape))
    sizes = [last - first + 1 for first, last in zip(low, high, strict=True)]
    while math.prod(sizes) > entries:
        widest = sizes.index(max(sizes))
        sizes[widest] = (sizes[widest] + 1) // 2
    side = min(SIDE, math.isqrt(entries // math.prod(sizes[:-2])))
    for axis in reversed(range(len(shape))):
        room = entries // (math.prod(sizes) // sizes[axis])
        most = min(room, side) if axis >= len(shape) - 2 else room
        sizes[axis] = max(sizes[axis], min(shape[axis], most))
    starts = (
        min(max(0, (first + last + 1) // 2 - size // 2), length - size)
        for first, last, size, length in zip(low, high, sizes, shape, strict=True)
    )
    return Window(tuple(starts), tuple(sizes))


def drawn(exercise: Exercise, call: Call, failure: Failure, deadline: float) -> dict[str, Any]:
    """The `map` of a wrong array, and the `feeding` of its first wrong cell if found before the deadline."""
    compared = failure.compared
    first = None if failure.difference is None else failure.difference.first_wrong
    if compared is None or first is None or not 1 <= len(first) <= AXES:
        return {}
    if "c" in compared.expected.dtype.kind + compared.actual.dtype.kind:
        return {}
    found = {"map": _map(compared, first)}
    fed = _feeding(exercise, call, compared, first, deadline)
    return {**found, "feeding": fed} if fed else found


def _map(compared: Compared, first: tuple[int, ...]) -> dict[str, Any]:
    shape = compared.expected.shape
    kept = window(shape, first, first)
    expected, actual = (wide(array[kept.slices]) for array in (compared.expected, compared.actual))
    with np.errstate(all="ignore"):
        errors = actual - expected
    errors[(actual == expected) | (np.isnan(actual) & np.isnan(expected))] = 0  # infinities, too
    return {
        "shape": [int(size) for size in shape],
        "start": list(kept.start),
        "size": list(kept.size),
        "first": list(first),
        "expected": numbers(expected),
        "actual": numbers(actual),
        "difference": numbers(errors),
        "wrong": marks(compared.wrong[kept.slices]),
    }


def _feeding(
    exercise: Exercise, call: Call, compared: Compared, first: tuple[int, ...], deadline: float
) -> list[dict[str, Any]]:
    """The arguments that feed the first wrong cell; nothing where that is not known."""
    source = exercise.solutions[0].source
    found = feeding.feeding(source, exercise.provided, call, compared, first, deadline)
    left = ENTRIES
    drawn: dict[int | str, dict[str, Any]] = {}
    for done, fed in enumerate(sorted(found, key=lambda fed: fed.array.size)):
        drawn[fed.place] = _argument(exercise, call, fed, left // (len(found) - done))
        left -= math.prod(drawn[fed.place]["size"])
    return [drawn[fed.place] for fed in found]


def _argument(exercise: Exercise, call: Call, fed: feeding.Fed, entries: int) -> dict[str, Any]:
    places = np.argwhere(fed.feeds)
    kept = window(fed.array.shape, places.min(axis=0).tolist(), places.max(axis=0).tolist(), entries)
    return {
        "name": words.argument(exercise, call, fed.place),
        "shape": [int(size) for size in fed.array.shape],
        "start": list(kept.start),
        "size": list(kept.size),
        "first": [int(index) for index in places[0]],
        "values": numbers(wide(fed.array[kept.slices])),
        "feeds": marks(fed.feeds[kept.slices]),
        "count": len(places),
    }


def numbers(array: np.ndarray) -> list[int | float | str]:
    """All entries in order, rounded to six digits; whole numbers without a point, as they take less room."""
    return [_number(value) for value in array.ravel().tolist()]


def _number(value: float) -> int | float | str:
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e6 else rounded


def marks(array: np.ndarray) -> str:
    """Booleans in order as ones and zeros."""
    return "".join("1" if value else "0" for value in array.ravel().tolist())
