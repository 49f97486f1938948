"""You filled the window up with copies of the first and the last channel.

At the edges the window is truncated: what is not there adds nothing to the sum. Pad the squares with zeros.
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
    channels, reach = x.shape[1], n // 2
    padded = np.pad(squares, ((0, 0), (reach, reach), (0, 0), (0, 0)), mode="edge")
    sums = sum(padded[:, offset : offset + channels] for offset in range(n))
    weight = alpha / n if divide_alpha_by_n else alpha
    return x / (k + weight * sums) ** beta
