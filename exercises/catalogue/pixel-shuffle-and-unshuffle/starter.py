import numpy as np


def pixel_shuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move the channels of x (N, C*r*r, H, W) into space.

    Returns (N, C, H*r, W*r) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError


def pixel_unshuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Undo `pixel_shuffle`: move the pixels of x (N, C, H*r, W*r) into channels.

    Returns (N, C*r*r, H, W) in the dtype of x. Raises ValueError for bad input.
    """
    raise NotImplementedError
