import numpy as np


def conv2d_single(
    x: np.ndarray,
    f: np.ndarray,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Cross-correlate an image (H, W, C) with one filter (kh, kw, C).

    Returns the response map (H_out, W_out). Raises ValueError for bad input.
    """
    raise NotImplementedError
