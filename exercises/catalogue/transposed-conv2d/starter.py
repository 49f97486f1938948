import numpy as np


def conv_transpose2d(
    x: np.ndarray, w: np.ndarray, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> np.ndarray:
    """Spread x (N, C_in, H, W) through kernels w (C_in, C_out, kh, kw).

    Returns (N, C_out, H_out, W_out) in the dtype of x, H_out = (H - 1)*stride - 2*padding + kh +
    output_padding. Raises ValueError for bad input.
    """
    raise NotImplementedError
