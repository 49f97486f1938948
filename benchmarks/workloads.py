"""What the engine is measured on: exercises with a good, a wrong and a slow answer."""

from dataclasses import dataclass, replace

import numpy as np

from exercises import catalogue, expect, reference
from exercises.candidate import Candidate
from exercises.catalogue import Exercise
from exercises.dsl import Case, torch_tensor
from exercises.values import Tensor

HIDDEN_CASES = 12
TORCH = """
import torch


def conv2d(x, w, stride=1, padding=0):
    return torch.nn.functional.conv2d(x, w, stride=stride, padding=padding)
"""
SLOW = """
import numpy as np


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    if x.ndim != 4 or w.ndim != 4 or min(sh, sw, dh, dw, groups) < 1 or min(ph, pw) < 0:
        raise ValueError("a bad setting")
    n, c, height, width = x.shape
    filters, depth, kh, kw = w.shape
    if c % groups or filters % groups or depth != c // groups or (b is not None and b.shape != (filters,)):
        raise ValueError("channels do not fit")
    rows, columns = height + 2 * ph - dh * (kh - 1), width + 2 * pw - dw * (kw - 1)
    if rows < 1 or columns < 1:
        raise ValueError("the kernel does not fit")
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((n, filters, (rows - 1) // sh + 1, (columns - 1) // sw + 1), x.dtype)
    for image in range(n):
        for f in range(filters):
            first = f // (filters // groups) * depth
            for i in range(y.shape[2]):
                for j in range(y.shape[3]):
                    window = xp[
                        image,
                        first : first + depth,
                        i * sh : i * sh + dh * (kh - 1) + 1 : dh,
                        j * sw : j * sw + dw * (kw - 1) + 1 : dw,
                    ]
                    y[image, f, i, j] = (window * w[f]).sum()
    return y if b is None else y + b[:, None, None].astype(x.dtype)
"""


@dataclass(frozen=True)
class Workload:
    """An answer to an exercise, and the verdict that it deserves."""

    name: str
    exercise: Exercise
    answer: str
    verdict: str = "accepted"

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases that are judged: those for another device are not."""
        device = "cuda" if self.profile == "cuda" else "cpu"
        return tuple(one for one in self.exercise.cases_for(self.answer) if one.device == device)

    @property
    def profile(self) -> str:
        """The engine's profile that the answer runs in."""
        return self.exercise.profile_for(self.answer)


def _layer(number: int, profile: str) -> Case:
    """A hidden case of one call: a small layer with inputs from the seed."""
    device = "cuda" if profile == "cuda" else "cpu"

    def sent(array: np.ndarray) -> np.ndarray | Tensor:
        return array if profile == "numpy" else torch_tensor(array, device=device)

    def layer(candidate: Candidate, rng: np.random.Generator) -> None:
        x, w = rng.standard_normal((2, 3, 16, 16)), rng.standard_normal((4, 3, 3, 3))
        stride, padding = 1 + number % 2, number % 3
        actual = candidate.conv2d(sent(x), sent(w), stride=stride, padding=padding)
        expected = sent(reference.conv2d(x, w, stride=stride, padding=padding))
        expect.close(actual, expected, rtol=1e-9, atol=1e-9)

    return Case(f"layer {number}", layer, device=device)


def twelve_cases(profile: str) -> Exercise:
    """conv2d with twelve hidden cases of one call each: the size that the figures of others are for."""
    devices = ("cuda" if profile == "cuda" else "cpu",)
    conv2d = catalogue.load("conv2d-batch")
    exercise = replace(
        conv2d,
        slug="conv2d-12",
        profile=profile,
        frameworks=("numpy" if profile == "numpy" else "torch",),
        devices=devices,
        mistakes=(),
        forbidden=(),
    )
    exercise.__dict__["cases"] = tuple(_layer(number, profile) for number in range(HIDDEN_CASES))
    return exercise


def workloads(device: str) -> list[Workload]:
    """Those that run on CPU workers, or those of a GPU."""
    if device == "cuda":
        return [Workload("conv2d, 12 cases, CUDA", twelve_cases("cuda"), TORCH)]
    conv2d = catalogue.load("conv2d-batch")
    model = conv2d.solutions[0].source
    wrong = next(item.source for item in conv2d.mistakes if item.name == "stride_pair_swapped")
    broken = catalogue.load("bn-eval-mode-bug")
    return [
        Workload("conv2d, 12 cases", twelve_cases("numpy"), model),
        Workload("conv2d, 12 cases, torch", twelve_cases("torch"), TORCH),
        Workload("conv2d-batch, good", conv2d, model),
        Workload("conv2d-batch, wrong", conv2d, wrong, "wrong_answer"),
        Workload("conv2d-batch, slow", conv2d, SLOW),
        Workload("bn-eval-mode-bug, good", broken, broken.solutions[0].source),
    ]


def named(name: str) -> Workload:
    """The workload of this name."""
    return next(item for item in workloads("cuda") + workloads("cpu") if item.name == name)
