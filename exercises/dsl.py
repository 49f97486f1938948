"""The language of `checks.py`: cases, expectations and values to send.

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

@case("stride 2 on a non-square input", points=2)
def strided(candidate, rng):
    x = rng.standard_normal((2, 3, 9, 7))
    expect.close(candidate.f(x, stride=2), reference.f(x, stride=2))
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from exercises import expect
from exercises.candidate import Candidate, Raised
from exercises.failure import Failure, Kind
from exercises.values import Generator, Tensor

__all__ = [
    "Candidate",
    "Case",
    "Failure",
    "Generator",
    "Kind",
    "Raised",
    "Tensor",
    "case",
    "expect",
    "random_for",
    "torch_tensor",
]

Check = Callable[[Candidate, np.random.Generator], None]
VISIBLE_SEED = 0


def random_for(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one case: from the seed and the case's name, so that replays are exact."""
    digest = hashlib.sha256(name.encode()).digest()[:16]
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


@dataclass(frozen=True)
class Case:
    """One case of an exercise: a function that drives the candidate and judges what comes back."""

    name: str
    check: Check
    points: int = 1
    visible: bool = False

    def run(self, candidate: Candidate, seed: int) -> None:
        """Run it; a visible case has the same inputs whatever the seed. Raises Failure or Raised."""
        self.check(candidate, random_for(VISIBLE_SEED if self.visible else seed, self.name))


def case(name: str, *, points: int = 1, visible: bool = False) -> Callable[[Check], Case]:
    """Make a case of a function `(candidate, rng)`; cases run in the order of the file."""
    if not isinstance(name, str) or not name.strip() or len(name) > 120:
        raise ValueError("a case needs a name of 1 to 120 characters")
    if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= 100:
        raise ValueError(f"points of case {name!r} must be an integer from 1 to 100")
    return lambda check: Case(name, check, points, visible)


def torch_tensor(array: Any, requires_grad: bool = False, device: str = "cpu") -> Tensor:
    """An argument that reaches the candidate as a torch tensor with this array's values."""
    return Tensor(np.asarray(array), device, requires_grad)
