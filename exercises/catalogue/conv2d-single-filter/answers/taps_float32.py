"""Tap loop; float32 input stays float32."""

import numpy as np


def conv2d_single(x, f, bias=0.0, stride=1, padding=0):
    if np.ndim(x) != 3 or np.ndim(f) != 3 or x.shape[-1] != f.shape[-1] or stride <= 0 or padding < 0:
        raise ValueError("bad arguments")
    rows, columns = (x.shape[axis] + 2 * padding - f.shape[axis] for axis in (0, 1))
    if min(rows, columns) < 0:
        raise ValueError("the filter is too large")
    xp = np.zeros((x.shape[0] + 2 * padding, x.shape[1] + 2 * padding, x.shape[2]), dtype=x.dtype)
    xp[padding : padding + x.shape[0], padding : padding + x.shape[1]] = x
    y = np.full((rows // stride + 1, columns // stride + 1), bias, dtype=x.dtype)
    for a in range(f.shape[0]):
        for c in range(f.shape[1]):
            y += xp[a : a + rows + 1 : stride, c : c + columns + 1 : stride] @ f[a, c]
    return y
