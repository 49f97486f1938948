import numpy as np


def spatial_dropout(x: np.ndarray, p: float, training: bool, rng: np.random.Generator) -> np.ndarray:
    """Drop whole maps of x (N, C, H, W) with probability p while training and scale the others.

    Returns the shape and dtype of x. In evaluation the values are unchanged and rng is not used. Raises
    ValueError for bad input.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    if not training:
        return x
    if p == 1:
        return np.zeros_like(x)  # 1 / (1 - p) would be infinite
    kept = rng.random(x.shape[:2]) >= p
    factors = (kept / (1 - p)).astype(x.dtype)
    return x * factors[:, :, None, None]
