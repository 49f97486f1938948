import numpy as np


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p: float, training: bool) -> np.ndarray:
    """Gradient of the loss with respect to the input of inverted dropout.

    dout is the gradient with respect to its output, mask what the forward pass kept. Returns an array of the
    shape and dtype of dout. Raises ValueError for another shape of the mask and for p outside [0, 1].
    """
    raise NotImplementedError
