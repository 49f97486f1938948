"""The timed case of an exercise, in its `speed.py`: one call of a fixed size with fresh inputs.

@timed("conv2d", "32 filters of 3x3 on four images of 32x32")
def layer(rng):
    x, w = rng.standard_normal((4, 32, 32, 32)), rng.standard_normal((32, 32, 3, 3))
    return Call((x, w), {"padding": 1}, expected=reference.conv2d(x, w, padding=1))
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exercises import expect
from exercises.dsl import random_for
from exercises.values import Tensor

__all__ = ["Call", "Timed", "timed"]


@dataclass(frozen=True)
class Call:
    """The arguments of one timed call and what has to come back: dtype, shape, values within tolerances."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    expected: Any = None
    rtol: float = 0.0
    atol: float = 0.0

    def check(self, actual: Any) -> None:
        """Raise Failure unless this is the right result, computed and in the right dtype."""
        expect.close(actual, self.expected, self.rtol, self.atol)
        if isinstance(self.expected, np.ndarray | Tensor):
            expect.dtype(actual, _array(self.expected).dtype)


def _array(value: Any) -> np.ndarray:
    return value.array if isinstance(value, Tensor) else value


@dataclass(frozen=True)
class Timed:
    """What is timed: a function of the candidate's, and how to draw arguments for one call of it."""

    function: str
    title: str
    draw: Callable[[np.random.Generator], Call]

    def call(self, seed: int, number: int) -> Call:
        """The call with this number. Inputs of one call tell nothing about those of another."""
        return self.draw(random_for(seed, f"timed call {number}"))


def timed(function: str, title: str) -> Callable[[Callable[[np.random.Generator], Call]], Timed]:
    """Make the timed case of a function `(rng) -> Call`; the title says what is computed, and its size."""
    if not isinstance(title, str) or not title.strip() or len(title) > 120 or "\n" in title:
        raise ValueError("a timed case needs a title of one line, 1 to 120 characters")
    return lambda draw: Timed(function, title.strip(), draw)
