import numpy as np


def expand_kernel(k: np.ndarray, d: int) -> np.ndarray:
    """Kernel k (kh, kw) with d - 1 zeros between neighbouring taps, as a new array.

    Returns (d*(kh - 1) + 1, d*(kw - 1) + 1) in the dtype of k. Raises ValueError for bad input.
    """
    if d < 1:
        raise ValueError(f"the dilation must be at least 1, got {d}")
    if k.ndim != 2 or k.size == 0:
        raise ValueError(f"k needs two axes and an entry, got shape {k.shape}")
    kh, kw = k.shape
    wide = np.zeros((d * (kh - 1) + 1, d * (kw - 1) + 1), dtype=k.dtype)
    wide[::d, ::d] = k
    return wide
