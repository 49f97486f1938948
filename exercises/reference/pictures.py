"""Pictures of what a network has learned, as arrays, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def filter_grid(w: np.ndarray, cols: int = 8, pad: int = 1) -> np.ndarray:
    """Tile filters w (F, C, k, k) into one picture, each scaled to [0, 1] by its own range.

    Gives (rows*k + (rows+1)*pad, cols*k + (cols+1)*pad, 3) in float64, row-major, rows = ceil(F/cols).
    Three channels are colours; for any other number the tile is the mean over the channels, in grey. Constant
    tiles are 0.5, borders and empty cells 1. Raises ValueError for another rank, cols < 1 and pad < 0.
    """
    w = rank("w", w, "F, C, kh, kw").astype(np.float64)
    if cols < 1 or pad < 0:
        raise ValueError(f"cols must be at least 1 and pad at least 0, not {cols!r:.40} and {pad!r:.40}")
    count, channels, height, width = w.shape
    tiles = unit_range(w if channels == 3 else w.mean(axis=1, keepdims=True))
    rows = -(-count // cols)
    cells = np.ones((rows * cols, pad + height, pad + width, 3))
    cells[:count, pad:, pad:] = tiles.transpose(0, 2, 3, 1)
    body = cells.reshape(rows, cols, *cells.shape[1:]).transpose(0, 2, 1, 3, 4)
    body = body.reshape(rows * (pad + height), cols * (pad + width), 3)
    return np.pad(body, ((0, pad), (0, pad), (0, 0)), constant_values=1.0)


def unit_range(x: np.ndarray) -> np.ndarray:
    """Each item of x (N, ...) mapped linearly to least value 0 and largest 1, or to 0.5 if constant."""
    axes = tuple(range(1, x.ndim))
    low, high = x.min(axis=axes, keepdims=True), x.max(axis=axes, keepdims=True)
    span = np.where(high > low, high - low, 1)
    return np.where(high > low, (x - low) / span, 0.5)
