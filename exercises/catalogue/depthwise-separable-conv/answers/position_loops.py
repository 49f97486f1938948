"""Loops over output positions: a window times its kernels, then a matrix that mixes the channels."""

from math import gcd

import numpy as np


def ds_conv(
    x: np.ndarray, w_depth: np.ndarray, w_point: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Filter each channel of x (N, C, H, W) by w_depth (C, 1, k, k), then mix by w_point (C_out, C, 1, 1)."""
    if not x.ndim == w_depth.ndim == w_point.ndim == 4:
        raise ValueError("x, w_depth and w_point need four axes")
    N, C, H, W = x.shape
    k = w_depth.shape[-1]
    C_out = w_point.shape[0]
    if w_depth.shape != (C, 1, k, k) or w_point.shape != (C_out, C, 1, 1):
        raise ValueError("the weights do not fit the channels of x, or the kernel is not square")
    if stride < 1 or padding < 0:
        raise ValueError("stride below 1, or negative padding")
    if H + 2 * padding < k or W + 2 * padding < k:
        raise ValueError("the kernel is larger than the padded input")

    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    H_out = (H + 2 * padding - k) // stride + 1
    W_out = (W + 2 * padding - k) // stride + 1
    kernels = w_depth[:, 0]  # (C, k, k)
    mix = w_point[:, :, 0, 0].T  # (C, C_out)
    y = np.empty((N, C_out, H_out, W_out), x.dtype)
    for i in range(H_out):
        for j in range(W_out):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + k, left : left + k]
            depthwise = (window * kernels).sum(axis=(2, 3))  # (N, C)
            y[:, :, i, j] = depthwise @ mix
    return y


def cost(C: int, C_out: int, k: int, H_out: int, W_out: int) -> dict[str, int | tuple[int, int]]:
    """Weights and multiply-accumulates of the separable and of the dense convolution, and their ratio."""
    for value in (C, C_out, k, H_out, W_out):
        if value < 1:
            raise ValueError(f"{value} is below 1")
    weights = C * k * k + C * C_out
    dense_weights = C * k * k * C_out
    divisor = gcd(weights, dense_weights)
    return {
        "weights": weights,
        "macs": weights * H_out * W_out,
        "dense_weights": dense_weights,
        "dense_macs": dense_weights * H_out * W_out,
        "ratio": (weights // divisor, dense_weights // divisor),
    }
