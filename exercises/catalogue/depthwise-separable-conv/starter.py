import numpy as np


def ds_conv(
    x: np.ndarray, w_depth: np.ndarray, w_point: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Filter each channel of x (N, C, H, W) by w_depth (C, 1, k, k), then mix by w_point (C_out, C, 1, 1).

    Returns (N, C_out, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError


def cost(C: int, C_out: int, k: int, H_out: int, W_out: int) -> dict[str, int | tuple[int, int]]:
    """Weights and multiply-accumulates of the separable and of the dense convolution, and their ratio.

    Returns "weights", "macs", "dense_weights", "dense_macs" and "ratio", a fraction in lowest terms as
    (numerator, denominator). Raises ValueError if an argument is below 1.
    """
    raise NotImplementedError
