"""Batch normalisation of images (Ioffe and Szegedy, 2015), with running statistics as PyTorch keeps them."""

import numpy as np

from exercises.reference.checking import rank


def batch_norm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalise x (N, C, H, W) a channel; gives y and the running mean and variance afterwards, each (C,).

    While training, batch statistics over N, H and W normalise (biased variance) and the running values move
    by new = (1 - momentum) * old + momentum * batch (unbiased variance). In evaluation the running values
    normalise and stay. Raises ValueError for wrong shapes, and in training for a single value a channel.
    """
    x = rank("x", x, "N, C, H, W")
    channels = x.shape[1]
    named = (("gamma", gamma), ("beta", beta), ("running_mean", running_mean), ("running_var", running_var))
    for name, value in named:
        if np.shape(value) != (channels,):
            raise ValueError(f"{name} must have shape ({channels},), not {np.shape(value)}")
    mean, var = np.array(running_mean), np.array(running_var)
    if training:
        count = x.size // channels
        if count < 2:
            raise ValueError("training needs more than one value a channel")
        batch_mean, batch_var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        mean = (1 - momentum) * mean + momentum * batch_mean
        var = (1 - momentum) * var + momentum * batch_var * count / (count - 1)
    used_mean, used_var = (batch_mean, batch_var) if training else (mean, var)
    scale = np.asarray(gamma) / np.sqrt(used_var + eps)
    shift = np.asarray(beta) - used_mean * scale
    y = x * scale[None, :, None, None] + shift[None, :, None, None]
    return y.astype(x.dtype, copy=False), mean, var


class BatchNorm2d:
    """A layer with its state: gamma, beta, running_mean, running_var, each (C,)."""

    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        if isinstance(channels, bool) or not isinstance(channels, int) or channels < 1:
            raise ValueError(f"channels must be an integer of at least 1, not {channels!r:.40}")
        self.eps = eps
        self.momentum = momentum
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
        self.running_mean, self.running_var = np.zeros(channels), np.ones(channels)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Normalise x (N, C, H, W); see `batch_norm`."""
        y, self.running_mean, self.running_var = batch_norm(
            x, self.gamma, self.beta, self.running_mean, self.running_var, training, self.momentum, self.eps
        )
        return y
