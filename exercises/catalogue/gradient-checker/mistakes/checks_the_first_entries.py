"""You always checked the first entries, whatever the seed.

In a large array these are one corner of one filter, and another run never looks elsewhere. Draw entries with
`np.random.default_rng(seed)`.
"""

import numpy as np


def grad_check(f, x, grad, eps=1e-5, samples=20, seed=0):
    if x.dtype != np.float64 or x.size == 0:
        raise ValueError("x must be float64 and not empty")
    if grad.shape != x.shape:
        raise ValueError("grad must have the shape of x")
    if eps <= 0 or samples < 1:
        raise ValueError("eps must be above 0, samples at least 1")
    chosen = range(min(samples, x.size))
    worst = 0.0
    for flat in chosen:
        i = np.unravel_index(flat, x.shape)
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        d = (above - below) / (2 * eps)
        g = float(grad[i])
        error = abs(g - d) / max(abs(g), abs(d), 1e-3)
        if not np.isfinite(error):
            return np.inf
        worst = max(worst, error)
    return worst
