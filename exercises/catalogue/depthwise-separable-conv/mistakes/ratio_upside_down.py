"""You returned dense over separable.

The ratio is what the separable convolution costs as a part of the dense one, 1/C_out + 1/k**2: below 1 in
most cases. Yours is its inverse, the factor that is saved.
"""

from fractions import Fraction

import numpy as np


def ds_conv(x, w_depth, w_point, stride=1, padding=0):
    if x.ndim != 4 or w_depth.ndim != 4 or w_point.ndim != 4:
        raise ValueError("all arrays need four axes")
    n, c, height, width = x.shape
    c_out, k = w_point.shape[0], w_depth.shape[2]
    if w_depth.shape != (c, 1, k, k):
        raise ValueError("w_depth needs shape (C, 1, k, k)")
    if w_point.shape != (c_out, c, 1, 1):
        raise ValueError("w_point needs shape (C_out, C, 1, 1)")
    if stride < 1 or padding < 0:
        raise ValueError("stride must be at least 1, padding at least 0")
    if min(height, width) + 2 * padding < k:
        raise ValueError("the kernel does not fit into the padded input")
    h_out = (height + 2 * padding - k) // stride + 1
    w_out = (width + 2 * padding - k) // stride + 1
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    filtered = np.zeros((n, c, h_out, w_out), dtype=x.dtype)
    for i in range(h_out):
        for j in range(w_out):
            patch = framed[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            filtered[:, :, i, j] = (patch * w_depth[:, 0]).sum(axis=(2, 3))
    return np.einsum("oc,nchw->nohw", w_point[:, :, 0, 0], filtered)


def cost(C, C_out, k, H_out, W_out):
    if min(C, C_out, k, H_out, W_out) < 1:
        raise ValueError("all numbers must be at least 1")
    weights, dense = C * k * k + C * C_out, C * C_out * k * k
    macs, dense_macs = weights * H_out * W_out, dense * H_out * W_out
    ratio = Fraction(dense, weights)
    return {
        "weights": weights,
        "macs": macs,
        "dense_weights": dense,
        "dense_macs": dense_macs,
        "ratio": (ratio.numerator, ratio.denominator),
    }
