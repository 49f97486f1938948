import numpy as np


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a conv layer from that of its output, dout (N, C_out, H_out, W_out).

    x (N, C_in, H, W) and w (C_out, C_in, kh, kw) are what the forward pass got. Returns dx, dw, db with the
    shapes of x, w and (C_out,). Raises ValueError for bad input.
    """
    raise NotImplementedError
