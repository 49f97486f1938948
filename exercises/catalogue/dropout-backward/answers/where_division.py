"""One division, only where the mask is set."""

import numpy as np


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p: float, training: bool) -> np.ndarray:
    """Gradient of the loss with respect to the input of inverted dropout."""
    if mask.shape != dout.shape:
        raise ValueError(f"mask must have shape {dout.shape}, got {mask.shape}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, got {p}")
    if not training:
        return dout.copy()
    dx = np.zeros(dout.shape, dout.dtype)
    if p < 1:
        np.divide(dout, 1 - p, out=dx, where=mask.astype(bool))
    return dx
