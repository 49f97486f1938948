"""Loops over samples and channels, one Bernoulli draw for each map."""

import numpy as np


def spatial_dropout(x: np.ndarray, p: float, training: bool, rng: np.random.Generator) -> np.ndarray:
    """Drop whole maps of x (N, C, H, W) with probability p while training and scale the others."""
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    if p < 0 or p > 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    if not training:
        return x
    y = np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            dropped = rng.binomial(1, p)
            if not dropped:
                y[n, c] = x[n, c] / (1 - p)
    return y
