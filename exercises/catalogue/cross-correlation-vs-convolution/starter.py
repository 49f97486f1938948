import numpy as np


def xcorr_and_conv(x: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Valid cross-correlation and valid true convolution of x (H, W) with k (kh, kw).

    Returns two arrays (H - kh + 1, W - kw + 1) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError
