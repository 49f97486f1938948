"""The closed formula, vectorised over channels, in float64."""

import numpy as np

AXES = (0, 2, 3)


def per_channel(v: np.ndarray) -> np.ndarray:
    """(C,) in the shape that broadcasts over (N, C, H, W)."""
    return v.astype(np.float64)[None, :, None, None]


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple]:
    """Normalise x (N, C, H, W) per channel; returns y and the cache for the backward pass."""
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    if any(v.shape != (x.shape[1],) for v in (gamma, beta, running_mean, running_var)):
        raise ValueError(f"gamma, beta and the statistics must have shape ({x.shape[1]},)")
    if training and x.size // x.shape[1] < 2:
        raise ValueError("training needs at least two values per channel")

    z = x.astype(np.float64)
    mean, var = (z.mean(axis=AXES), z.var(axis=AXES)) if training else (running_mean, running_var)
    inv_std = 1 / np.sqrt(per_channel(var) + eps)
    x_hat = (z - per_channel(mean)) * inv_std
    y = per_channel(gamma) * x_hat + per_channel(beta)
    return y.astype(x.dtype), (x_hat, per_channel(gamma) * inv_std, training)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (N, C, H, W), dgamma (C,) and dbeta (C,)."""
    x_hat, scale, training = cache
    if dout.shape != x_hat.shape:
        raise ValueError(f"dout must have shape {x_hat.shape}, got {dout.shape}")
    dy = dout.astype(np.float64)
    dgamma, dbeta = (dy * x_hat).sum(axis=AXES), dy.sum(axis=AXES)
    if training:  # remove the parts along the constant vector and along x_hat
        n = dy.size // dy.shape[1]
        dy = dy - per_channel(dbeta) / n - x_hat * per_channel(dgamma) / n
    return (scale * dy).astype(dout.dtype), dgamma, dbeta
