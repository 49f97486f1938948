"""All channel sums as einsum: the cache is a dict of x_hat, gamma and the inverse standard deviation."""

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
    """y and the cache; sums are taken in float64 whatever the dtype of x."""
    if x.ndim != 4:
        raise ValueError("x needs the axes N, C, H, W")
    batch, channels, height, width = x.shape
    if any(np.shape(vector) != (channels,) for vector in (gamma, beta, running_mean, running_var)):
        raise ValueError("gamma, beta and the running statistics need one number a channel")
    count = batch * height * width
    if training and count < 2:
        raise ValueError("batch statistics need two values a channel")
    centred = x.astype(np.float64)
    mean = np.einsum("nchw->c", centred) / count if training else running_mean
    centred -= mean[:, None, None]
    var = np.einsum("nchw,nchw->c", centred, centred) / count if training else running_var
    inv_std = 1.0 / np.sqrt(var.astype(np.float64) + eps)
    x_hat = np.einsum("nchw,c->nchw", centred, inv_std)
    y = np.einsum("nchw,c->nchw", x_hat, gamma) + beta[:, None, None]
    cache = {
        "x_hat": x_hat,
        "gamma": gamma.astype(np.float64),
        "inv_std": inv_std,
        "training": bool(training),
    }
    return y.astype(x.dtype), cache


def batchnorm_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """In training the gradient loses its mean and its component along x_hat."""
    x_hat = cache["x_hat"]
    if dout.shape != x_hat.shape:
        raise ValueError("dout needs the shape of x")
    grad = dout.astype(np.float64)
    dbeta = np.einsum("nchw->c", grad)
    dgamma = np.einsum("nchw,nchw->c", grad, x_hat)
    if cache["training"]:
        count = grad.size / len(dbeta)
        grad -= (dbeta[:, None, None] + np.einsum("nchw,c->nchw", x_hat, dgamma)) / count
    dx = np.einsum("nchw,c->nchw", grad, cache["gamma"] * cache["inv_std"])
    return dx.astype(dout.dtype), dgamma, dbeta
