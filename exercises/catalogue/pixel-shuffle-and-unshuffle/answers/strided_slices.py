"""A loop over the r*r offsets, with a strided slice of pixels and one of channels for each."""

from collections.abc import Iterator

import numpy as np


def offsets(r: int) -> Iterator[tuple[slice, slice, slice]]:
    """For each offset within a block: its channels, and its rows and columns of pixels."""
    for i in range(r):
        for j in range(r):
            yield slice(i * r + j, None, r * r), slice(i, None, r), slice(j, None, r)


def pixel_shuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move the channels of x (N, C*r*r, H, W) into space."""
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if r < 1 or x.shape[1] % r**2 != 0:
        raise ValueError("r has to be at least 1, and r*r a divisor of the number of channels")
    N, channels, H, W = x.shape
    y = np.empty((N, channels // r**2, H * r, W * r), x.dtype)
    for group, rows, columns in offsets(r):
        y[:, :, rows, columns] = x[:, group]
    return y


def pixel_unshuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move the pixels of x (N, C, H*r, W*r) into channels."""
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if r < 1 or x.shape[2] % r != 0 or x.shape[3] % r != 0:
        raise ValueError("r has to be at least 1, and a divisor of the height and the width")
    N, C, height, width = x.shape
    y = np.empty((N, C * r**2, height // r, width // r), x.dtype)
    for group, rows, columns in offsets(r):
        y[:, group] = x[:, :, rows, columns]
    return y
