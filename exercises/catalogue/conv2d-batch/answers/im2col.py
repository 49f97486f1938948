"""Index arrays gather the patch matrix; one matrix product per group."""

import numpy as np


def both(value):
    return (value, value) if np.isscalar(value) else tuple(value)


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError("four axes are needed")
    stride, padding, dilation = both(stride), both(padding), both(dilation)
    if groups < 1 or x.shape[1] % groups or w.shape[0] % groups or w.shape[1] != x.shape[1] // groups:
        raise ValueError("channels")
    if b is not None and b.shape != w.shape[:1]:
        raise ValueError("bias")
    index = []
    for size, k, s, p, d in zip(x.shape[2:], w.shape[2:], stride, padding, dilation, strict=True):
        if s < 1 or d < 1 or p < 0:
            raise ValueError("settings")
        starts = np.arange(0, size + 2 * p - d * (k - 1), s)
        if not len(starts):
            raise ValueError("the kernel does not fit")
        index.append(starts[None, :] + d * np.arange(k)[:, None])
    rows, columns = index
    (ph, pw), h_out, w_out = padding, rows.shape[1], columns.shape[1]
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = xp[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    patches = patches.reshape(len(x), groups, -1, h_out * w_out)
    y = w.reshape(groups, w.shape[0] // groups, -1) @ patches
    y = y.reshape(len(x), w.shape[0], h_out, w_out)
    return y if b is None else y + b.reshape(-1, 1, 1)
