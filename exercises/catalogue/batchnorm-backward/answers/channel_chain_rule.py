"""A loop over channels, with the chain rule step by step through variance and mean."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Cache:
    centred: np.ndarray  # x - mean, (N, C, H, W)
    std: np.ndarray  # sqrt(var + eps), (C,)
    gamma: np.ndarray
    training: bool


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Cache]:
    """Normalise x (N, C, H, W) per channel; returns y and the cache for the backward pass."""
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    n, c, h, w = x.shape
    for vector in (gamma, beta, running_mean, running_var):
        if vector.shape != (c,):
            raise ValueError(f"a vector must have shape ({c},), got {vector.shape}")
    if training and n * h * w < 2:
        raise ValueError("training needs at least two values per channel")

    y = np.empty(x.shape, x.dtype)
    centred, std = np.empty(x.shape, np.float64), np.empty(c)
    for channel in range(c):
        values = x[:, channel].astype(np.float64)
        mean = values.mean() if training else running_mean[channel]
        centred[:, channel] = values - mean
        var = (centred[:, channel] ** 2).mean() if training else running_var[channel]
        std[channel] = np.sqrt(var + eps)
        y[:, channel] = gamma[channel] * centred[:, channel] / std[channel] + beta[channel]
    return y, Cache(centred, std, gamma.copy(), training)


def batchnorm_backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (N, C, H, W), dgamma (C,) and dbeta (C,)."""
    if dout.shape != cache.centred.shape:
        raise ValueError(f"dout must have shape {cache.centred.shape}, got {dout.shape}")
    c = dout.shape[1]
    dx, dgamma, dbeta = np.empty(dout.shape, dout.dtype), np.empty(c), np.empty(c)
    for channel in range(c):
        dy = dout[:, channel].astype(np.float64)
        centred, std = cache.centred[:, channel], cache.std[channel]
        dbeta[channel] = dy.sum()
        dgamma[channel] = (dy * centred / std).sum()

        dx_hat = dy * cache.gamma[channel]
        dcentred = dx_hat / std
        if cache.training:
            dstd = -(dx_hat * centred).sum() / std**2
            dvar = dstd / (2 * std)
            dcentred += dvar * 2 * centred / dy.size
            dcentred -= dcentred.mean()  # through the mean
        dx[:, channel] = dcentred
    return dx, dgamma, dbeta
