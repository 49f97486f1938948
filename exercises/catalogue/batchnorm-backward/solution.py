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
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got shape {x.shape}")
    for vector in (gamma, beta, running_mean, running_var):
        if vector.shape != (x.shape[1],):
            raise ValueError(f"vectors must have shape ({x.shape[1]},), got {vector.shape}")
    if training and values_per_channel(x) < 2:
        raise ValueError("training needs at least two values per channel")
    mean, var = (x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))) if training else (running_mean, running_var)

    inverse_std = 1 / np.sqrt(var + eps)
    x_hat = (x - per_channel(mean)) * per_channel(inverse_std)
    y = per_channel(gamma) * x_hat + per_channel(beta)
    return y.astype(x.dtype, copy=False), (x_hat, gamma * inverse_std, training)


def batchnorm_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (N, C, H, W), dgamma (C,) and dbeta (C,), from the output's gradient and the forward pass's cache.

    Raises ValueError where dout does not have the shape of the x of the forward pass.
    """
    x_hat, scale, training = cache
    if dout.shape != x_hat.shape:
        raise ValueError(f"dout has shape {dout.shape}, x had {x_hat.shape}")
    dgamma, dbeta = (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    reached = dout
    if training:
        # Moving an entry of x also moves the mean and the variance, and with them the whole channel.
        count = values_per_channel(dout)
        reached = dout - per_channel(dbeta / count) - x_hat * per_channel(dgamma / count)
    dx = per_channel(scale) * reached
    return dx.astype(dout.dtype, copy=False), dgamma, dbeta


def values_per_channel(x: np.ndarray) -> int:
    """How many values of (N, C, H, W) one channel has."""
    return x.shape[0] * x.shape[2] * x.shape[3]


def per_channel(values: np.ndarray) -> np.ndarray:
    """Reshape (C,) so that it broadcasts over (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)
