import numpy as np

Pair = int | tuple[int, int]


def im2col(
    x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> np.ndarray:
    """Copy every patch of x (N, C, H, W) into a column.

    Returns (N, C*kh*kw, L) in the dtype of x, L = H_out*W_out. Raises ValueError for bad input.
    """
    raise NotImplementedError


def col2im(
    cols: np.ndarray,
    shape: tuple[int, int, int, int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> np.ndarray:
    """Add the columns cols (N, C*kh*kw, L) into an image of this shape (N, C, H, W).

    Returns the image in the dtype of cols. Raises ValueError for bad input.
    """
    raise NotImplementedError


def conv2d(
    x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> np.ndarray:
    """Cross-correlate x (N, C, H, W) with filters w (C_out, C, kh, kw) by one matrix product.

    Returns (N, C_out, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError
