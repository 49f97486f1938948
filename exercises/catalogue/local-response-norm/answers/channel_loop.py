"""A loop over channels, with the truncated window as a slice, in float64 inside."""

import numpy as np


def lrn(x: np.ndarray, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool) -> np.ndarray:
    """Divide x (N, C, H, W) by (k + alpha' * sum of squares of n neighbouring channels) ** beta."""
    if x.ndim != 4:
        raise ValueError(f"x has {x.ndim} axes, not four")
    if n < 1 or n % 2 == 0:
        raise ValueError(f"a window of {n} channels has no middle")
    if divide_alpha_by_n:
        alpha = alpha / n
    half = n // 2
    squares = x.astype(np.float64) ** 2
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        neighbours = squares[:, max(0, c - half) : c + half + 1]  # a slice ends at the last channel by itself
        y[:, c] = x[:, c] / (k + alpha * neighbours.sum(axis=1)) ** beta
    return y
