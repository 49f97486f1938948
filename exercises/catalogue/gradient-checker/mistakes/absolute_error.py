"""You returned the absolute error.

Whether 0.001 is much depends on the size of the slope: for one of 1000 it is excellent, for one of 0.001 it
is 100 %. Divide by the larger of the two slopes, and by 1e-3 at least.
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
        kept = x[i]
        x[i] = kept + eps
        above = f(x)
        x[i] = kept - eps
        below = f(x)
        x[i] = kept
        d = (above - below) / (2 * eps)
        g = float(grad[i])
        error = abs(g - d)
        if not np.isfinite(error):
            return np.inf
        worst = max(worst, error)
    return worst
