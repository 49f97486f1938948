"""You added a small number to the range to avoid 0/0.

Constant filters become 0 instead of 0.5, and no tile reaches 1 exactly. Answer the constant case
separately.
"""

import numpy as np


def filter_grid(w, cols=8, pad=1):
    if w.ndim != 4 or w.size == 0:
        raise ValueError("w must be a non-empty (F, C, k, k)")
    if cols < 1 or pad < 0:
        raise ValueError("cols must be at least 1 and pad at least 0")
    count, channels, k, _ = w.shape
    rows = -(-count // cols)
    grid = np.ones((rows * (k + pad) + pad, cols * (k + pad) + pad, 3))
    for index in range(count):
        tile = w[index] if channels == 3 else w[index].mean(axis=0, keepdims=True)
        low, high = tile.min(), tile.max()
        tile = (tile - low) / (high - low + 1e-5)
        top = pad + (index // cols) * (k + pad)
        left = pad + (index % cols) * (k + pad)
        grid[top : top + k, left : left + k] = tile.transpose(1, 2, 0)
    return grid
