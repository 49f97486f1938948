import numpy as np


def avg_pool2d(
    x: np.ndarray,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Average each window of each channel of x (N, C, H, W).

    Returns (N, C, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError
