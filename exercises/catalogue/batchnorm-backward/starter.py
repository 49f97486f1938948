from typing import Any

import numpy as np


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Any]:
    """Normalise x (N, C, H, W) per channel, by batch statistics while training, else by the running ones.

    Returns y and the cache for `batchnorm_backward`. Raises ValueError for wrong shapes, and in training for
    a single value per channel.
    """
    raise NotImplementedError


def batchnorm_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (N, C, H, W), dgamma (C,) and dbeta (C,), from the output's gradient and the forward pass's cache.

    Raises ValueError where dout does not have the shape of the x of the forward pass.
    """
    raise NotImplementedError
