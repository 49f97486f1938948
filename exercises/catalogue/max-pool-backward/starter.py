import numpy as np


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Gradient with respect to x (N, C, H, W) of max pooling, from that of its output, dout (N, C, H_out, W_out).

    Returns (N, C, H, W) in the dtype of dout. Raises ValueError for bad input.
    """
    raise NotImplementedError
