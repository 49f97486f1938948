"""Normalisation without running statistics, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def lrn(x: np.ndarray, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool) -> np.ndarray:
    """Local response normalisation over n neighbouring channels (Krizhevsky and others, 2012).

    x (N, C, H, W); gives y of the same shape and dtype with y[c] = x[c] / (k + a * s[c]) ** beta, where s[c]
    sums the squares of channels c - (n-1)/2 to c + (n-1)/2 that exist, at the same pixel. a is alpha, or
    alpha / n as in PyTorch with `divide_alpha_by_n`. Raises ValueError for a wrong rank, and unless n is odd
    and at least 1.
    """
    x = rank("x", x, "N, C, H, W")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1 or n % 2 == 0:
        raise ValueError(f"n must be an odd integer of at least 1, not {n!r:.40}")
    batch, channels, height, width = x.shape
    reach = int(n) // 2
    squares = np.zeros((batch, channels + 2 * reach, height, width), dtype=x.dtype)
    np.square(x, out=squares[:, reach : reach + channels])
    sums = np.lib.stride_tricks.sliding_window_view(squares, int(n), axis=1).sum(axis=-1)
    y = x / (k + (alpha / n if divide_alpha_by_n else alpha) * sums) ** beta
    return y.astype(x.dtype, copy=False)
