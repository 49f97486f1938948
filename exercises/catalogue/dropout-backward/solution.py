import numpy as np


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p: float, training: bool) -> np.ndarray:
    """Gradient of the loss with respect to the input of inverted dropout.

    dout is the gradient with respect to its output, mask what the forward pass kept. Returns an array of the
    shape and dtype of dout. Raises ValueError for another shape of the mask and for p outside [0, 1].
    """
    if mask.shape != dout.shape:
        raise ValueError(f"the mask has shape {mask.shape}, dout has {dout.shape}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    return (dout * mask / (1 - p)).astype(dout.dtype, copy=False)
