"""You did not check the arguments.

Weights with three axes fail somewhere inside with a confusing message, and a negative border gives a
picture in which tiles overlap. Raise `ValueError` first.
"""

import numpy as np


def filter_grid(w, cols=8, pad=1):
    count, channels, k, _ = w.shape
    rows = -(-count // cols)
    grid = np.ones((rows * (k + pad) + pad, cols * (k + pad) + pad, 3))
    for index in range(count):
        tile = w[index] if channels == 3 else w[index].mean(axis=0, keepdims=True)
        low, high = tile.min(), tile.max()
        tile = (tile - low) / (high - low) if high > low else np.full(tile.shape, 0.5)
        top = pad + (index // cols) * (k + pad)
        left = pad + (index % cols) * (k + pad)
        grid[top : top + k, left : left + k] = tile.transpose(1, 2, 0)
    return grid
