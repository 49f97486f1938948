"""You return a NumPy array although a tensor came in.

An answer in PyTorch has to stay in PyTorch: a result that goes through NumPy leaves its device and cannot
pass gradients back. Use `torch.as_tensor` on the way in and tensor operations from there on.
"""

import numpy as np
import torch


def as_array(x):
    return x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else x


def check(x, r):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if r < 1:
        raise ValueError("r must be at least 1")


def pixel_shuffle(x, r):
    x = as_array(x)
    check(x, r)
    n, channels, height, width = x.shape
    if channels % (r * r):
        raise ValueError("the channels are not divisible by r * r")
    c = channels // (r * r)
    y = np.empty((n, c, height * r, width * r), dtype=x.dtype)
    for k in range(c):
        for i in range(r):
            for j in range(r):
                y[:, k, i::r, j::r] = x[:, k * r * r + i * r + j]
    return y


def pixel_unshuffle(x, r):
    x = as_array(x)
    check(x, r)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError("the image is not divisible by r")
    y = np.empty((n, c * r * r, rows // r, columns // r), dtype=x.dtype)
    for k in range(c):
        for i in range(r):
            for j in range(r):
                y[:, k * r * r + i * r + j] = x[:, k, i::r, j::r]
    return y
