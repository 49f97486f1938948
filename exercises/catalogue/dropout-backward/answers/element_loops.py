"""A plain loop over the elements."""

import numpy as np


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p: float, training: bool) -> np.ndarray:
    """Gradient of the loss with respect to the input of inverted dropout."""
    if mask.shape != dout.shape:
        raise ValueError(f"mask must have shape {dout.shape}, got {mask.shape}")
    if p < 0 or p > 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    dx = np.zeros(dout.shape, dout.dtype)
    for index in np.ndindex(dout.shape):
        if not training:
            dx[index] = dout[index]
        elif mask[index] and p < 1:
            dx[index] = float(dout[index]) / (1 - p)
    return dx
