"""You left the channel itself out of its window.

The window is centred on the channel and includes it: a value is damped by its own square too. Look at `n =
1`, where nothing else is in the window.
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
    sums = np.zeros_like(squares)
    for offset in range(1, n // 2 + 1):
        sums[:, offset:] += squares[:, :-offset]
        sums[:, :-offset] += squares[:, offset:]
    weight = alpha / n if divide_alpha_by_n else alpha
    return x / (k + weight * sums) ** beta
