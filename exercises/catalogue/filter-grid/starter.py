import numpy as np


def filter_grid(w: np.ndarray, cols: int = 8, pad: int = 1) -> np.ndarray:
    """Tile the filters w (F, C, k, k) into one picture, each scaled to [0, 1] on its own.

    Returns (rows*k + (rows+1)*pad, cols*k + (cols+1)*pad, 3) with white (1.0) borders and empty cells.
    Raises ValueError for bad input.
    """
    raise NotImplementedError
