"""You divided by `1 - p` for `p = 1` too.

There the mask is all False and the divisor 0, and `0 / 0` is NaN, which then spreads through the whole
network. Return zeros for `p = 1` without dividing.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = rng.random(x.shape) >= p
    return x * kept / (1 - p), kept
