"""Functional: a table gives each kind's phases (length, first rate, last rate, curve)."""

import math
from collections.abc import Callable
from itertools import chain, repeat

Phase = tuple[int, float, float, Callable[[float], float]]  # the last maps time 0..1 to progress 0..1


def straight(t: float) -> float:
    return t


def bent(t: float) -> float:
    return (1 - math.cos(math.pi * t)) / 2


def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    rest = total - warmup
    table: dict[str, Callable[[], object]] = {
        "constant": lambda: repeat((total, base, base, straight)),
        "step": lambda: ((warmup, base * 0.1**n, base * 0.1**n, straight) for n in range(total + 1)),
        "cosine": lambda: [(total, base, final, bent)],
        "restarts": lambda: repeat((warmup, peak, final, bent)),
        "warmup_cosine": lambda: [(warmup, 0.0, peak, straight), (rest, peak, final, bent)],
        "one_cycle": lambda: [(warmup, base, peak, bent), (rest, peak, final, bent)],
        "one_cycle_linear": lambda: [(warmup, base, peak, straight), (rest, peak, final, straight)],
    }
    if total < 1 or step < 0 or step > total:
        raise ValueError("need total >= 1 and 0 <= step <= total")
    if kind not in table:
        raise ValueError(f"unknown kind {kind!r}")
    if kind in ("step", "restarts") and warmup < 1:
        raise ValueError("warmup must be at least 1")
    if kind in ("warmup_cosine", "one_cycle", "one_cycle_linear") and not 0 <= warmup < total:
        raise ValueError("warmup must lie from 0 to total - 1")

    begin = 0
    for length, start, end, curve in chain(table[kind](), [(1, final, final, straight)]):
        if step < begin + length:
            return start + (end - start) * curve((step - begin) / length)
        begin += length
    raise AssertionError("the phases cover all steps")
