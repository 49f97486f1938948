"""einsum over a view of all windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def xcorr_and_conv(x: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Valid cross-correlation and valid true convolution of x (H, W) with k (kh, kw)."""
    if x.ndim != 2 or k.ndim != 2 or x.size == 0 or k.size == 0:
        raise ValueError("image and kernel need two axes and at least one entry")
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit into the image")

    windows = sliding_window_view(x, k.shape)  # (H_out, W_out, kh, kw)

    def correlate_with(kernel: np.ndarray) -> np.ndarray:
        return np.einsum("ijab,ab->ij", windows, kernel)

    return correlate_with(k), correlate_with(np.rot90(k, 2))
