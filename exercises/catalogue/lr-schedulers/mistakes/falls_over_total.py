"""You spread the fall after the warmup over `total` steps.

Only `total - warmup` are left, so your rate does not arrive at `final` at the last step.
"""

import math

RISING = ("warmup_cosine", "one_cycle", "one_cycle_linear")
KINDS = ("constant", "step", "cosine", "restarts", *RISING)


def linear(u, v, t):
    return u + (v - u) * t


def cosine(u, v, t):
    return v + (u - v) * (1 + math.cos(math.pi * t)) / 2


def check(step, total, kind, warmup):
    if total < 1 or step < 0 or step > total:
        raise ValueError("step must lie in 0..total")
    if kind not in KINDS:
        raise ValueError("unknown kind")
    if kind in ("step", "restarts") and warmup < 1:
        raise ValueError("warmup must be at least 1")
    if kind in RISING and not 0 <= warmup < total:
        raise ValueError("warmup must lie in 0..total-1")


def lr_at(step, total, kind, base, peak, final, warmup):
    check(step, total, kind, warmup)
    if kind == "constant":
        return base
    if kind == "step":
        return base * 0.1 ** (step // warmup)
    if kind == "cosine":
        return cosine(base, final, step / total)
    if kind == "restarts":
        return cosine(peak, final, step % warmup / warmup)
    start = 0.0 if kind == "warmup_cosine" else base
    rise = cosine if kind == "one_cycle" else linear
    fall = linear if kind == "one_cycle_linear" else cosine
    if step < warmup:
        return rise(start, peak, step / warmup)
    return fall(peak, final, (step - warmup) / total)
