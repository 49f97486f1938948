"""One branch for each kind of schedule."""

import math


def linear(u: float, v: float, t: float) -> float:
    return u + (v - u) * t


def cosine(u: float, v: float, t: float) -> float:
    return v + (u - v) * (1 + math.cos(math.pi * t)) / 2


def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    if total < 1 or not 0 <= step <= total:
        raise ValueError("need total >= 1 and 0 <= step <= total")
    if kind == "constant":
        return base
    if kind == "cosine":
        return cosine(base, final, step / total)
    if kind in ("step", "restarts"):
        if warmup < 1:
            raise ValueError("warmup must be at least 1")
        if kind == "step":
            return base * 0.1 ** (step // warmup)
        return cosine(peak, final, step % warmup / warmup)
    if kind in ("warmup_cosine", "one_cycle", "one_cycle_linear"):
        if not 0 <= warmup < total:
            raise ValueError("warmup must lie from 0 to total - 1")
        if step < warmup:
            t = step / warmup
            if kind == "warmup_cosine":
                return linear(0.0, peak, t)
            return cosine(base, peak, t) if kind == "one_cycle" else linear(base, peak, t)
        t = (step - warmup) / (total - warmup)
        return linear(peak, final, t) if kind == "one_cycle_linear" else cosine(peak, final, t)
    raise ValueError(f"unknown kind {kind!r}")
