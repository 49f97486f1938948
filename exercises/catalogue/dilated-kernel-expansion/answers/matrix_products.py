"""Two products with 0-1 matrices: one spreads the rows, one the columns."""

import numpy as np


def spread(taps: int, d: int, dtype: np.dtype) -> np.ndarray:
    """Matrix (d*(taps - 1) + 1, taps) with a single 1 a column, which sends tap a to cell a*d."""
    matrix = np.zeros((d * (taps - 1) + 1, taps), dtype)
    matrix[np.arange(taps) * d, np.arange(taps)] = 1
    return matrix


def expand_kernel(k: np.ndarray, d: int) -> np.ndarray:
    """Kernel k (kh, kw) with d - 1 zeros between neighbouring taps, as a new array."""
    if d < 1:
        raise ValueError("the dilation has to be at least 1")
    if k.ndim != 2 or 0 in k.shape:
        raise ValueError("the kernel needs two axes and at least one entry")
    kh, kw = k.shape
    return spread(kh, d, k.dtype) @ k @ spread(kw, d, k.dtype).T
