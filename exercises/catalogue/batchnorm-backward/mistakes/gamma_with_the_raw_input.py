"""You multiplied with something else than the normalised input in `dgamma`.

What `gamma` multiplies is `x_hat = (x - mean) / std`. With `x - mean` the gradient is too large by the
standard deviation. Keep `x_hat` in the cache.
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
    x_hat, std, gamma, training = cache
    if dout.shape != x_hat.shape:
        raise ValueError("dout does not have the shape of x")
    n = x_hat.shape[0] * x_hat.shape[2] * x_hat.shape[3]
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    dbeta = dout.sum(axis=(0, 2, 3))
    if training:
        dx = wide(gamma / std) * (dout - wide(dbeta) / n - x_hat * wide(dgamma) / n)
    else:
        dx = wide(gamma / std) * dout
    return dx.astype(dout.dtype), dgamma * std, dbeta
