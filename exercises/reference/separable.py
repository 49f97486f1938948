"""Depthwise separable convolution in NumPy, and what it costs."""

from fractions import Fraction

import numpy as np

from exercises.reference.arithmetic import (
    conv_macs,
    conv_parameters,
    depthwise_separable_macs,
    depthwise_separable_parameters,
)
from exercises.reference.checking import Pair, rank
from exercises.reference.convolution import conv2d


def depthwise_separable_conv2d(
    x: np.ndarray, w_depth: np.ndarray, w_point: np.ndarray, stride: Pair = 1, padding: Pair = 0
) -> np.ndarray:
    """A depthwise convolution, which has the stride and the padding, and a pointwise one; no biases.

    x (N, C, H, W), w_depth (C, 1, kh, kw), w_point (C_out, C, 1, 1); gives (N, C_out, H_out, W_out), as in
    Howard et al., "MobileNets" (2017). Raises ValueError as `conv2d` does, for a depth multiplier other than
    1, and for pointwise kernels other than 1x1.
    """
    x, w_point = rank("x", x, "N, C, H, W"), rank("w_point", w_point, "C_out, C, 1, 1")
    w_depth = rank("w_depth", w_depth, "C, 1, kh, kw")
    channels = x.shape[1]
    if w_depth.shape[:2] != (channels, 1):
        raise ValueError(f"w_depth must have shape ({channels}, 1, kh, kw), not {w_depth.shape}")
    if w_point.shape[1:] != (channels, 1, 1):
        raise ValueError(f"w_point must have shape (C_out, {channels}, 1, 1), not {w_point.shape}")
    return conv2d(conv2d(x, w_depth, stride=stride, padding=padding, groups=channels), w_point)


def separable_cost(c: int, c_out: int, k: int, h_out: int, w_out: int) -> dict[str, int | Fraction]:
    """Weights and multiply-accumulates of a separable and of a dense k x k convolution without biases.

    Keys: weights, macs, dense_weights, dense_macs, and ratio, the separable one over the dense one, which is
    1/c_out + 1/k**2 for weights and multiply-accumulates alike. Raises ValueError for numbers below 1.
    """
    weights, dense = depthwise_separable_parameters(c, c_out, k), conv_parameters(c, c_out, k, bias=False)
    return {
        "weights": weights,
        "macs": depthwise_separable_macs(c, c_out, k, k, h_out, w_out),
        "dense_weights": dense,
        "dense_macs": conv_macs(c, c_out, k, k, h_out, w_out),
        "ratio": Fraction(weights, dense),
    }
