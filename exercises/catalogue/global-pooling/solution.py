import numpy as np


def global_pool(x: np.ndarray, mode: str) -> np.ndarray:
    """Pool each map of x (N, C, H, W) to one number.

    mode "avg" and "max" give (N, C), "concat" gives (N, 2C): averages, then maxima. The dtype is that of x.
    Raises ValueError for bad input.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    if x.shape[2] == 0 or x.shape[3] == 0:
        raise ValueError(f"maps of {x.shape[2]}x{x.shape[3]} have nothing to pool")
    if mode == "avg":
        return x.mean(axis=(2, 3))
    if mode == "max":
        return x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([global_pool(x, "avg"), global_pool(x, "max")], axis=1)
    raise ValueError(f"unknown mode {mode!r}")
