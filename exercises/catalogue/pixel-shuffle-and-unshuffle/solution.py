import numpy as np


def check(x: np.ndarray, r: int) -> None:
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    if r < 1:
        raise ValueError(f"r must be at least 1, got {r}")


def pixel_shuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move the channels of x (N, C*r*r, H, W) into space.

    Returns (N, C, H*r, W*r) in the dtype of x. Raises ValueError for bad input.
    """
    check(x, r)
    n, channels, height, width = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels are not divisible by {r * r}")
    c = channels // (r * r)
    offsets = x.reshape(n, c, r, r, height, width)  # axes n, c, i, j, h, w
    return offsets.transpose(0, 1, 4, 2, 5, 3).reshape(n, c, height * r, width * r)


def pixel_unshuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Undo `pixel_shuffle`: move the pixels of x (N, C, H*r, W*r) into channels.

    Returns (N, C*r*r, H, W) in the dtype of x. Raises ValueError for bad input.
    """
    check(x, r)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError(f"an image of {rows} by {columns} is not divisible by {r}")
    height, width = rows // r, columns // r
    blocks = x.reshape(n, c, height, r, width, r)  # axes n, c, h, i, w, j
    return blocks.transpose(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, height, width)
