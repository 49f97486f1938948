"""You left the training values as they are and multiplied by `1 - p` in evaluation.

That is the original form of dropout. The task asks for the inverted one: kept values are divided by `1 - p`
while training, and evaluation returns `x` itself. See it with `training=False`: the output must equal the
input.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x * (1 - p), np.ones(x.shape, dtype=bool)
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept, kept
