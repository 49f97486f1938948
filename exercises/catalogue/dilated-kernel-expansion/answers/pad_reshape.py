"""Each tap padded to a block of d x d cells, then the blocks joined by a reshape."""

import numpy as np


def expand_kernel(k: np.ndarray, d: int) -> np.ndarray:
    """Kernel k (kh, kw) with d - 1 zeros between neighbouring taps, as a new array."""
    if d < 1:
        raise ValueError(f"a dilation of {d} is below 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError(f"a kernel needs two axes with entries, not the shape {k.shape}")
    kh, kw = k.shape
    blocks = np.pad(k[:, None, :, None], ((0, 0), (0, d - 1), (0, 0), (0, d - 1)))  # (kh, d, kw, d)
    trailing = d - 1  # zeros behind the last tap, which do not belong to the kernel
    return blocks.reshape(kh * d, kw * d)[: kh * d - trailing, : kw * d - trailing].copy()
