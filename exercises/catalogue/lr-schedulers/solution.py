import math

KINDS = ("constant", "step", "cosine", "restarts", "warmup_cosine", "one_cycle", "one_cycle_linear")


def linear(u: float, v: float, t: float) -> float:
    """A straight line from u at t = 0 to v at t = 1."""
    return u + (v - u) * t


def cosine(u: float, v: float, t: float) -> float:
    """Half a cosine wave from u at t = 0 to v at t = 1."""
    return v + (u - v) * (1 + math.cos(math.pi * t)) / 2


def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    """The learning rate at a step from 0 to total, both included.

    `kind` is "constant", "step", "cosine", "restarts", "warmup_cosine", "one_cycle" or "one_cycle_linear";
    `warmup` is the length of the first phase in steps. Raises ValueError for a step outside 0..total, a total
    below 1, an unknown kind and a warmup that the kind cannot use.
    """
    if total < 1 or not 0 <= step <= total:
        raise ValueError(f"step must lie in 0..total with a total of at least 1, got {step} and {total}")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}, got {kind!r}")
    if kind == "constant":
        return base
    if kind == "cosine":
        return cosine(base, final, step / total)
    if kind in ("step", "restarts"):
        if warmup < 1:
            raise ValueError(f"{kind} needs phases of at least one step, got {warmup}")
        phase, rest = divmod(step, warmup)
        return base * 0.1**phase if kind == "step" else cosine(peak, final, rest / warmup)

    if not 0 <= warmup < total:
        raise ValueError(f"{kind} needs a warmup from 0 to total - 1, got {warmup}")
    start = 0.0 if kind == "warmup_cosine" else base
    if step < warmup:
        rise = cosine if kind == "one_cycle" else linear
        return rise(start, peak, step / warmup)
    fall = linear if kind == "one_cycle_linear" else cosine
    return fall(peak, final, (step - warmup) / (total - warmup))
