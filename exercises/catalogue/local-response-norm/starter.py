import numpy as np


def lrn(x: np.ndarray, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool) -> np.ndarray:
    """Divide x (N, C, H, W) by (k + alpha' * sum of squares of n neighbouring channels) ** beta.

    Returns (N, C, H, W) in the dtype of x. Raises ValueError for another number of axes, and unless n is odd
    and at least 1.
    """
    raise NotImplementedError
