import numpy as np


def scaled(tiles: np.ndarray) -> np.ndarray:
    """Tiles (F, C, k, k) mapped to [0, 1], each by its own range; constant ones to 0.5."""
    low = tiles.min(axis=(1, 2, 3), keepdims=True)
    span = tiles.max(axis=(1, 2, 3), keepdims=True) - low
    constant = span == 0
    return np.where(constant, 0.5, (tiles - low) / np.where(constant, 1.0, span))


def filter_grid(w: np.ndarray, cols: int = 8, pad: int = 1) -> np.ndarray:
    """Tile the filters w (F, C, k, k) into one picture, each scaled to [0, 1] on its own.

    Returns (rows*k + (rows+1)*pad, cols*k + (cols+1)*pad, 3) with white (1.0) borders and empty cells.
    Raises ValueError for bad input.
    """
    if w.ndim != 4 or w.size == 0:
        raise ValueError(f"w must be a non-empty (F, C, k, k), got shape {w.shape}")
    if cols < 1 or pad < 0:
        raise ValueError(f"cols must be at least 1 and pad at least 0, got {cols} and {pad}")
    count, channels, k, _ = w.shape
    tiles = scaled(w if channels == 3 else w.mean(axis=1, keepdims=True))
    rows, step = -(-count // cols), k + pad
    grid = np.ones((rows * step + pad, cols * step + pad, 3))
    for index, tile in enumerate(tiles):
        top, left = pad + index // cols * step, pad + index % cols * step
        grid[top : top + k, left : left + k] = tile.transpose(1, 2, 0)  # grey fills all three channels
    return grid
