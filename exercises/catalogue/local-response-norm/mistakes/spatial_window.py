"""You let the window run over neighbouring pixels.

LRN compares **channels** at one pixel: the window lies along axis 1. (A window over pixels within a channel
is local contrast normalisation, another layer.) See it by shuffling the pixels of the input: the output must
be shuffled the same way.
"""

import numpy as np


def lrn(x: np.ndarray, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool) -> np.ndarray:
    """Divide x (N, C, H, W) by (k + alpha' * sum of squares of n neighbouring channels) ** beta.

    Returns (N, C, H, W) in the dtype of x. Raises ValueError for another number of axes, and unless n is odd
    and at least 1.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    if n < 1 or n % 2 == 0:
        raise ValueError(f"n must be odd and at least 1, got {n}")
    squares = x * x
    sums = squares.copy()
    for offset in range(1, n // 2 + 1):
        sums[..., offset:] += squares[..., :-offset]
        sums[..., :-offset] += squares[..., offset:]
    weight = alpha / n if divide_alpha_by_n else alpha
    return x / (k + weight * sums) ** beta
