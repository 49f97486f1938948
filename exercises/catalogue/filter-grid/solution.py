import numpy as np


def scaled(tile: np.ndarray) -> np.ndarray:
    """A tile mapped to [0, 1] by its own range; a constant one to 0.5."""
    low, high = tile.min(), tile.max()
    return np.full(tile.shape, 0.5) if low == high else (tile - low) / (high - low)


def filter_grid(w: np.ndarray, cols: int = 8, pad: int = 1) -> np.ndarray:
    """Tile the filters w (F, C, k, k) into one picture, each scaled to [0, 1] on its own.

    Returns (rows*k + (rows+1)*pad, cols*k + (cols+1)*pad, 3) with white (1.0) borders and empty cells.
    Raises ValueError for bad input.
    """
    if w.ndim != 4 or w.size == 0:
        raise ValueError(f"w must be a non-empty (F, C, k, k), got shape {w.shape}")
    if cols < 1 or pad < 0:
        raise ValueError(f"cols must be at least 1 and pad at least 0, got {cols} and {pad}")
    count, channels, k = w.shape[:3]
    rows, step = -(-count // cols), k + pad
    grid = np.ones((rows * step + pad, cols * step + pad, 3))
    for index in range(count):
        drawn = w[index] if channels == 3 else w[index].mean(axis=0, keepdims=True)
        top, left = pad + index // cols * step, pad + index % cols * step
        # A grey tile has one channel, which the assignment repeats for all three colours.
        grid[top : top + k, left : left + k] = scaled(drawn).transpose(1, 2, 0)
    return grid
