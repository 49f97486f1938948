"""The language of `checks.py`: cases, expectations and values to send.

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

@case("stride 2 on a non-square input", points=2)
def strided(candidate, rng):
    x = rng.standard_normal((2, 3, 9, 7))
    expect.close(candidate.f(x, stride=2), reference.f(x, stride=2))

@case("a float32 batch", devices=("cpu", "cuda"))  # two cases: the second runs where there is a GPU
def batch(candidate, rng, device):
    x = rng.standard_normal((8, 3, 9, 7)).astype(np.float32)
    result = candidate.f(torch_tensor(x, device=device))
    expect.close(result, torch_tensor(reference.f(x)), rtol=1e-4, atol=1e-4)
    expect.device(result, device)
"""

import hashlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
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

Check = Callable[..., None]  # (candidate, rng) or (candidate, rng, device)
VISIBLE_SEED = 0
DEVICES = ("cpu", "cuda")
FRAMEWORKS = ("numpy", "torch")


def random_for(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one case: from the seed and the case's name, so that replays are exact."""
    digest = hashlib.sha256(name.encode()).digest()[:16]
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


@dataclass(frozen=True)
class Case:
    """One case of an exercise: a function that drives the candidate and judges what comes back.

    A case whose device is `cuda` runs where there is a GPU, and is not run and not counted elsewhere. One
    with a framework is no case at all for answers that do not use it. A bonus case has no points, and
    failing it changes no verdict.
    """

    name: str
    check: Check
    points: int = 1
    visible: bool = False
    device: str = "cpu"
    framework: str = ""

    @property
    def bonus(self) -> bool:
        """Whether it is something to win only."""
        return self.points == 0

    def suits(self, framework: str) -> bool:
        """Whether answers in this framework are given it."""
        return self.framework in ("", framework)

    def run(self, candidate: Candidate, seed: int) -> None:
        """Run it; a visible case has the same inputs whatever the seed. Raises Failure or Raised."""
        rng = random_for(VISIBLE_SEED if self.visible else seed, self.name)
        self.check(candidate, rng, *([self.device] if _takes_device(self.check) else []))


def case(
    name: str,
    *,
    points: int = 1,
    visible: bool = False,
    devices: Iterable[str] = ("cpu",),
    framework: str = "",
    bonus: bool = False,
) -> Callable[[Check], Case | tuple[Case, ...]]:
    """Make a case of a function `(candidate, rng)`; cases run in the order of the file.

    With `devices`, one case for each, of a function `(candidate, rng, device)`. A variant on the GPU has
    inputs of its own, so that an answer from the CPU is of no use to it.

    With `framework="torch"` only answers that import torch are given the case, so that it may send tensors in
    an exercise that takes NumPy as well.

    With `bonus` it is something to win and costs nothing: bonus cases come last.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > 120:
        raise ValueError("a case needs a name of 1 to 120 characters")
    if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= 100:
        raise ValueError(f"points of case {name!r} must be an integer from 1 to 100")
    if bonus:
        points = 0
    devices = tuple(devices)
    if not devices or not set(devices) <= set(DEVICES) or len(set(devices)) < len(devices):
        raise ValueError(f"devices of case {name!r} must be different ones of {', '.join(DEVICES)}")
    if framework not in ("", *FRAMEWORKS):
        raise ValueError(f"framework of case {name!r} must be one of {', '.join(FRAMEWORKS)}, or left out")
    return lambda check: _made(Case(name, check, points, visible, framework=framework), devices)


def _made(plain: Case, devices: tuple[str, ...]) -> Case | tuple[Case, ...]:
    """The case itself, or its variants."""
    if devices == ("cpu",):
        return plain
    if not _takes_device(plain.check):
        raise ValueError(f"the function of case {plain.name!r} needs a third parameter, the device")
    names = {device: plain.name if device == "cpu" else f"{plain.name}, on a GPU" for device in devices}
    return tuple(replace(plain, name=names[device], device=device) for device in devices)


@lru_cache(maxsize=4096)  # looking at a signature takes as long as a small convolution
def _takes_device(check: Check) -> bool:
    return len(inspect.signature(check).parameters) > 2


def collected(names: Iterable[object]) -> tuple[Case, ...]:
    """The cases among the values of a module, variants included, in their order."""
    found: list[Case] = []
    for value in names:
        several = value if isinstance(value, tuple) else (value,)
        found += [one for one in several if isinstance(one, Case)]
    return tuple(found)


def torch_tensor(array: Any, requires_grad: bool = False, device: str = "cpu") -> Tensor:
    """An argument that reaches the candidate as a torch tensor with this array's values."""
    return Tensor(np.asarray(array), device, requires_grad)
