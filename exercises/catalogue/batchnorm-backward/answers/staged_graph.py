"""The computation graph node by node, held in a class: backpropagation walks it in reverse."""

from dataclasses import dataclass
from typing import Any

import numpy as np

AXES = (0, 2, 3)


def per_channel(vector: np.ndarray) -> np.ndarray:
    """A float64 copy (1, C, 1, 1) that broadcasts against (N, C, H, W)."""
    return np.array(vector, dtype=np.float64).reshape(1, -1, 1, 1)


def channel_sum(values: np.ndarray) -> np.ndarray:
    """Sums (1, C, 1, 1) over batch, height and width."""
    return values.sum(axis=AXES, keepdims=True)


@dataclass
class Graph:
    """The intermediate values of one forward pass."""

    centred: np.ndarray
    inv_std: np.ndarray
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
) -> tuple[np.ndarray, Any]:
    """Nodes: mean -> centred -> var -> inv_std -> x_hat -> y."""
    if x.ndim != 4:
        raise ValueError("x must be (N, C, H, W)")
    for vector in (gamma, beta, running_mean, running_var):
        if np.shape(vector) != (x.shape[1],):
            raise ValueError("every vector must be (C,)")
    if training and x.shape[0] * x.shape[2] * x.shape[3] < 2:
        raise ValueError("training needs two values per channel")
    mean = x.mean(axis=AXES, keepdims=True, dtype=np.float64) if training else per_channel(running_mean)
    centred = x - mean
    var = np.square(centred).mean(axis=AXES, keepdims=True) if training else per_channel(running_var)
    inv_std = 1.0 / np.sqrt(var + eps)
    y = per_channel(gamma) * (centred * inv_std) + per_channel(beta)
    return y.astype(x.dtype), Graph(centred, inv_std, per_channel(gamma), training)


def batchnorm_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The chain rule from y back to x; each d_node is the gradient of the loss with respect to that node."""
    if dout.shape != cache.centred.shape:
        raise ValueError("dout must have the shape of x")
    centred, inv_std = cache.centred, cache.inv_std
    grad = dout.astype(np.float64)
    dgamma = channel_sum(grad * centred * inv_std).ravel()
    dbeta = channel_sum(grad).ravel()

    d_x_hat = grad * cache.gamma
    d_centred = d_x_hat * inv_std  # along x_hat = centred * inv_std
    dx = d_centred
    if cache.training:
        count = grad.size // dbeta.size
        d_inv_std = channel_sum(d_x_hat * centred)
        d_var = d_inv_std * -0.5 * inv_std**3
        d_centred = d_centred + d_var * 2.0 / count * centred  # along var = mean of centred^2
        d_mean = -channel_sum(d_centred)
        dx = d_centred + d_mean / count
    return dx.astype(dout.dtype), dgamma, dbeta
