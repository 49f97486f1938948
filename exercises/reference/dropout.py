"""Inverted dropout (Srivastava and others, 2014), of elements and of whole maps, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def dropout(
    x: np.ndarray, p: float, training: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Drop each element independently with probability `p` while training and scale the rest by 1/(1-p).

    x of any shape; gives y of the same shape and dtype, and the mask of kept elements (bool). In evaluation y
    equals x and everything is kept. Raises ValueError for p outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p!r:.40}")
    x = np.asarray(x)
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    mask = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), np.zeros(x.shape, dtype=bool)
    return np.where(mask, x / (1 - p), 0).astype(x.dtype, copy=False), mask


def spatial_dropout(x: np.ndarray, p: float, training: bool, rng: np.random.Generator) -> np.ndarray:
    """Drop each map of x (N, C, H, W) independently with probability `p` while training, scale the rest.

    One decision for each sample and channel (Tompson and others, 2015). Gives the shape and dtype of x.
    Raises ValueError for another number of axes and for p outside [0, 1].
    """
    x = rank("x", x, "N, C, H, W")
    kept = dropout(np.ones(x.shape[:2]), p, training, rng)[0]
    return (x * kept[:, :, None, None]).astype(x.dtype, copy=False)
