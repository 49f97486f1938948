import numpy as np


def cross_correlation(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Slide k over x without turning it: one shifted copy of the image for each tap of the kernel."""
    height, width = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    y = np.zeros((height, width), dtype=x.dtype)
    for a in range(k.shape[0]):
        for b in range(k.shape[1]):
            y += k[a, b] * x[a : a + height, b : b + width]
    return y


def xcorr_and_conv(x: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Valid cross-correlation and valid true convolution of x (H, W) with k (kh, kw).

    Returns two arrays (H - kh + 1, W - kw + 1) in the dtype of x. Raises ValueError for bad input.
    """
    for name, array in (("x", x), ("k", k)):
        if array.ndim != 2 or array.size == 0:
            raise ValueError(f"{name} needs two axes and an entry, got shape {array.shape}")
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError(f"a kernel of shape {k.shape} does not fit into an image of shape {x.shape}")
    return cross_correlation(x, k), cross_correlation(x, k[::-1, ::-1])
