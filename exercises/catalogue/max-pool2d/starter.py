import numpy as np

Pair = int | tuple[int, int]


def max_pool2d(
    x: np.ndarray,
    kernel: Pair,
    stride: Pair | None = None,
    padding: int = 0,
    ceil_mode: bool = False,
) -> np.ndarray:
    """Pool each channel of x (N, C, H, W) by its window maximum.

    Returns (N, C, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError
