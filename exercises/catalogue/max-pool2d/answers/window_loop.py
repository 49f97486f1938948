"""Clips each window to the input instead of padding."""

import numpy as np


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    kernel = kernel if isinstance(kernel, tuple) else (kernel,) * 2
    stride = kernel if stride is None else stride if isinstance(stride, tuple) else (stride,) * 2
    if x.ndim != 4 or padding < 0 or min(*kernel, *stride) < 1 or 2 * padding > min(kernel):
        raise ValueError("bad arguments")
    starts = []
    for size, k, s in zip(x.shape[2:], kernel, stride, strict=True):
        room = size + 2 * padding - k
        if room < 0:
            raise ValueError("the window does not fit")
        last = size - 1 if ceil_mode else room - padding
        candidates = range(-padding, last + 1, s)
        if ceil_mode:  # only one window may hang over
            candidates = candidates[: -(-room // s) + 1]
        starts.append(list(candidates))
    y = np.empty(x.shape[:2] + tuple(map(len, starts)), x.dtype)
    for i, top in enumerate(starts[0]):
        for j, left in enumerate(starts[1]):
            window = x[:, :, max(top, 0) : top + kernel[0], max(left, 0) : left + kernel[1]]
            y[:, :, i, j] = window.max(axis=(2, 3))
    return y
