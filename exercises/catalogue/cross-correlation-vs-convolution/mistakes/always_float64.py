"""Your results are float64 whatever the dtype of the image is.

`np.zeros(shape)` and `np.empty(shape)` are float64 unless you pass `dtype=x.dtype`. In a network this
doubles the memory and mixes precisions without a word.
"""

import numpy as np


def slide(x, k):
    height, width = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    y = np.empty((height, width))
    for i in range(height):
        for j in range(width):
            y[i, j] = (x[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return y


def xcorr_and_conv(x, k):
    for array in (x, k):
        if array.ndim != 2 or array.size == 0:
            raise ValueError("x and k need two axes and at least one entry")
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit into the image")
    return slide(x, k), slide(x, k[::-1, ::-1])
