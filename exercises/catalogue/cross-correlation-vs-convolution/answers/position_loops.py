"""Loops over output positions."""

import numpy as np


def cross_correlate(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Lay the kernel as it is on every place where it lies wholly inside the image."""
    kh, kw = k.shape
    out = np.empty((x.shape[0] - kh + 1, x.shape[1] - kw + 1), dtype=x.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(x[i : i + kh, j : j + kw] * k)
    return out


def xcorr_and_conv(x: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Valid cross-correlation and valid true convolution: the latter is the former with k turned by 180°."""
    for array in (x, k):
        if array.ndim != 2 or 0 in array.shape:
            raise ValueError(f"two axes, none of them empty, are needed, not {array.shape}")
    if any(kernel > image for kernel, image in zip(k.shape, x.shape, strict=True)):
        raise ValueError(f"a kernel {k.shape} does not fit into an image {x.shape}")
    return cross_correlate(x, k), cross_correlate(x, k[::-1, ::-1])
