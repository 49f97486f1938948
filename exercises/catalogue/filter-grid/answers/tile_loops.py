"""Plain loop over the filters, each drawn into its tile of a white picture."""

import numpy as np


def filter_grid(w: np.ndarray, cols: int = 8, pad: int = 1) -> np.ndarray:
    if w.ndim != 4 or w.size == 0:
        raise ValueError("w must be a non-empty array (F, C, k, k)")
    if cols < 1 or pad < 0:
        raise ValueError("cols must be at least 1, pad at least 0")
    filters, channels, k, _ = w.shape
    rows = -(-filters // cols)  # rounded up
    grid = np.ones((rows * k + (rows + 1) * pad, cols * k + (cols + 1) * pad, 3))
    for i in range(filters):
        tile = w[i].astype(np.float64)
        if channels == 3:
            tile = tile.transpose(1, 2, 0)  # colours last
        else:
            tile = tile.mean(axis=0)[:, :, None]  # grey, repeated by broadcasting
        low, high = tile.min(), tile.max()
        scaled = (tile - low) / (high - low) if high > low else 0.5
        row, col = divmod(i, cols)
        top, left = pad + row * (k + pad), pad + col * (k + pad)
        grid[top : top + k, left : left + k] = scaled
    return grid
