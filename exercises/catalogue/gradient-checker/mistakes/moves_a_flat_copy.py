"""You moved entries of `x.reshape(-1)` and called `f(x)`.

For an array that is not contiguous `reshape` gives a copy, so that `x` does not move at all and every slope
is 0. See it with a transposed array. Index `x` itself, for instance with `np.unravel_index`.
"""

import numpy as np


def grad_check(f, x, grad, eps=1e-5, samples=20, seed=0):
    if x.dtype != np.float64 or x.size == 0:
        raise ValueError("x must be float64 and not empty")
    if grad.shape != x.shape:
        raise ValueError("grad must have the shape of x")
    if eps <= 0 or samples < 1:
        raise ValueError("eps must be above 0, samples at least 1")
    rng = np.random.default_rng(seed)
    chosen = rng.choice(x.size, size=min(samples, x.size), replace=False)
    worst = 0.0
    for flat in chosen:
        i = np.unravel_index(flat, x.shape)
        entries = x.reshape(-1)
        kept = x[i]
        entries[flat] = kept + eps
        above = f(x)
        entries[flat] = kept - eps
        below = f(x)
        entries[flat] = kept
        d = (above - below) / (2 * eps)
        g = float(grad[i])
        error = abs(g - d) / max(abs(g), abs(d), 1e-3)
        if not np.isfinite(error):
            return np.inf
        worst = max(worst, error)
    return worst
