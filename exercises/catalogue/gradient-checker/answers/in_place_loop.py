"""Loop over entries of one working copy, moved in place and put back."""

import math
from collections.abc import Callable

import numpy as np


def grad_check(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    grad: np.ndarray,
    eps: float = 1e-5,
    samples: int = 20,
    seed: int = 0,
) -> float:
    """The largest relative error of grad against central differences at randomly chosen entries of x."""
    if x.dtype != np.float64 or x.size == 0:
        raise ValueError("x must be float64 with at least one entry")
    if grad.shape != x.shape:
        raise ValueError(f"grad must have shape {x.shape}, got {grad.shape}")
    if not eps > 0 or samples < 1:
        raise ValueError("eps must be above 0 and samples at least 1")

    chosen = np.random.default_rng(seed).choice(x.size, size=min(samples, x.size), replace=False)
    point = x.copy()
    worst = 0.0
    for flat_index in chosen:
        index = np.unravel_index(flat_index, x.shape)
        point[index] = x[index] + eps
        above = float(f(point))
        point[index] = x[index] - eps
        below = float(f(point))
        point[index] = x[index]

        numeric = (above - below) / (2 * eps)
        analytic = float(grad[index])
        if not (math.isfinite(numeric) and math.isfinite(analytic)):
            return math.inf
        error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), 1e-3)
        worst = max(worst, error)
    return worst
