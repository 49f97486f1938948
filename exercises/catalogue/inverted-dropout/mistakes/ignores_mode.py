"""You dropped elements in evaluation as well.

With `training=False` the function must return `x` and a mask of all True; otherwise a deployed model gives
a different answer to the same image each time.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
