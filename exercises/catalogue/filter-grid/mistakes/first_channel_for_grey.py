"""You drew only the first channel where there are not three.

The others are left out of the picture. Grey tiles show the mean over all channels.
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
        tile = w[index] if channels == 3 else w[index][:1]
        low, high = tile.min(), tile.max()
        tile = (tile - low) / (high - low) if high > low else np.full(tile.shape, 0.5)
        top = pad + (index // cols) * (k + pad)
        left = pad + (index % cols) * (k + pad)
        grid[top : top + k, left : left + k] = tile.transpose(1, 2, 0)
    return grid
