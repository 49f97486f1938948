"""While training you treated mean and variance as constants.

They are computed from `x`, so every entry of `x` moves them, and with them all outputs of its channel. What
you returned is the gradient in evaluation mode. See it in the sum of `dx` over a channel: batch norm does not
change when a constant is added to the input, so the sum must be 0.
"""

import numpy as np


def wide(v):
    return v[None, :, None, None]


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, eps=1e-5):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if any(v.shape != x.shape[1:2] for v in (gamma, beta, running_mean, running_var)):
        raise ValueError("gamma, beta and the running statistics must have shape (C,)")
    if training and x.shape[0] * x.shape[2] * x.shape[3] < 2:
        raise ValueError("training needs two values a channel")
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    else:
        mean, var = running_mean, running_var
    std = np.sqrt(var + eps)
    x_hat = (x - wide(mean)) / wide(std)
    y = wide(gamma) * x_hat + wide(beta)
    return y.astype(x.dtype), (x_hat.astype(x.dtype), std, gamma.copy(), training)


def batchnorm_backward(dout, cache):
    x_hat, std, gamma, _ = cache
    if dout.shape != x_hat.shape:
        raise ValueError("dout does not have the shape of x")
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    dbeta = dout.sum(axis=(0, 2, 3))
    dx = wide(gamma / std) * dout
    return dx.astype(dout.dtype), dgamma, dbeta
