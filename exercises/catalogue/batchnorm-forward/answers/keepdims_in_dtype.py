"""Works in the dtype of the input, with keepdims instead of reshapes."""

import numpy as np


class BatchNorm2d:
    def __init__(self, C, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma = np.full(C, 1.0)
        self.beta = np.full(C, 0.0)
        self.running_mean = np.full(C, 0.0)
        self.running_var = np.full(C, 1.0)

    def forward(self, x, training):
        if x.ndim != 4:
            raise ValueError("four axes are needed")
        if x.shape[1] != self.gamma.size:
            raise ValueError("channels")
        if training:
            if x.size < 2 * x.shape[1]:
                raise ValueError("too few values")
            mean = x.mean((0, 2, 3), keepdims=True)
            var = np.square(x - mean).mean((0, 2, 3), keepdims=True)
            n = x.size / x.shape[1]
            m = self.momentum
            self.running_mean = self.running_mean * (1 - m) + mean.ravel() * m
            self.running_var = self.running_var * (1 - m) + var.ravel() * (m * n / (n - 1))
        else:
            mean, var = (np.expand_dims(v, (0, 2, 3)) for v in (self.running_mean, self.running_var))
        gamma, beta = self.gamma[:, None, None], self.beta[:, None, None]
        return ((x - mean) / np.sqrt(var + self.eps) * gamma + beta).astype(x.dtype)
