import numpy as np


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Gradient of max pooling with respect to x (N, C, H, W), from that of its output (N, C, H_out, W_out).

    Returns (N, C, H, W) in the dtype of dout. Raises ValueError for bad input.
    """
    raise NotImplementedError
