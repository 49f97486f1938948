"""The sum over neighbouring channels as a product with a band matrix."""

import numpy as np


def lrn(x: np.ndarray, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool) -> np.ndarray:
    """Divide x (N, C, H, W) by (k + alpha' * sum of squares of n neighbouring channels) ** beta."""
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if n < 1 or n % 2 != 1:
        raise ValueError("n has to be odd and at least 1")
    N, C, H, W = x.shape
    channel = np.arange(C)
    band = np.abs(channel[:, None] - channel) <= (n - 1) // 2  # (C, C): does c see j?
    energy = np.square(x, dtype=np.float64).reshape(N, C, H * W)
    sums = (band.astype(np.float64) @ energy).reshape(x.shape)
    scale = alpha / n if divide_alpha_by_n else alpha
    return (x * (k + scale * sums) ** -beta).astype(x.dtype)
