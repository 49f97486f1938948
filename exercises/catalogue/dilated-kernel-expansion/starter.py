import numpy as np


def expand_kernel(k: np.ndarray, d: int) -> np.ndarray:
    """Kernel k (kh, kw) with d - 1 zeros between neighbouring taps, as a new array.

    Returns (d*(kh - 1) + 1, d*(kw - 1) + 1) in the dtype of k. Raises ValueError for bad input.
    """
    raise NotImplementedError
