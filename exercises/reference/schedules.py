"""Learning rate schedules as functions of the step."""

import math
from collections.abc import Callable

KINDS = ("constant", "step", "cosine", "restarts", "warmup_cosine", "one_cycle", "one_cycle_linear")
PERIODIC = ("step", "restarts")
DECAY = 0.1

Curve = Callable[[float, float, float], float]


def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    """The rate at a step from 0 to total, both included.

    `warmup` is the length of the first phase: the plateau of "step", which divides `base` by ten each time;
    the cycle of "restarts", from `peak` towards `final`; the rise to `peak` of the others, from 0 in
    "warmup_cosine" and from `base` in "one_cycle" and "one_cycle_linear". Cosine annealing and restarts
    follow Loshchilov and Hutter (2017), one-cycle Smith (2018) with the two phases of PyTorch. Raises
    ValueError for a step outside 0..total, total below 1, an unknown kind, and a warmup below 1 (periodic
    kinds) or outside 0..total-1.
    """
    if total < 1 or not 0 <= step <= total:
        raise ValueError(f"step must be from 0 to total, total at least 1, not {step!r:.40} of {total!r:.40}")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r:.40}")
    if kind == "constant":
        return base
    if kind == "cosine":
        return cosine(base, final, step / total)
    if kind in PERIODIC:
        if warmup < 1:
            raise ValueError(f"warmup must be at least 1 for {kind}, not {warmup!r:.40}")
        cycles, rest = divmod(step, warmup)
        return base * DECAY**cycles if kind == "step" else cosine(peak, final, rest / warmup)
    if not 0 <= warmup < total:
        raise ValueError(f"warmup must be from 0 to below total for {kind}, not {warmup!r:.40}")
    rise: Curve = cosine if kind == "one_cycle" else linear
    fall: Curve = linear if kind == "one_cycle_linear" else cosine
    if step < warmup:
        return rise(0.0 if kind == "warmup_cosine" else base, peak, step / warmup)
    return fall(peak, final, (step - warmup) / (total - warmup))


def linear(start: float, end: float, t: float) -> float:
    """The straight line from `start` at t = 0 to `end` at t = 1."""
    return start + (end - start) * t


def cosine(start: float, end: float, t: float) -> float:
    """Half a cosine wave from `start` at t = 0 to `end` at t = 1."""
    return end + (start - end) * (1 + math.cos(math.pi * t)) / 2
