"""One (N, C) mask of uniform draws, applied with einsum."""

import numpy as np


def spatial_dropout(x: np.ndarray, p: float, training: bool, rng: np.random.Generator) -> np.ndarray:
    """Drop whole maps of x (N, C, H, W) with probability p while training and scale the others."""
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    if not training:
        return x.copy()
    if p == 1:
        return np.zeros(x.shape, x.dtype)
    keep = rng.random(x.shape[:2]) >= p
    scale = (keep / (1 - p)).astype(x.dtype)
    return np.einsum("nchw,nc->nchw", x, scale)
