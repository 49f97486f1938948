"""You took mean and variance over the batch axis only.

Every pixel position then gets statistics of its own, from just `N` values. In a conv layer all positions of
a channel share one mean and one variance, over the axes `(0, 2, 3)`, `N*H*W` values. See it by the shape of
your mean: it must be `(C,)`.
"""

import numpy as np


class BatchNorm2d:
    def __init__(self, C, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(C)
        self.beta = np.zeros(C)
        self.running_mean = np.zeros(C)
        self.running_var = np.ones(C)

    def forward(self, x, training):
        if x.ndim != 4 or x.shape[1] != len(self.running_mean):
            raise ValueError("x must be (N, C, H, W)")
        count = x.shape[0] * x.shape[2] * x.shape[3]
        if training and count < 2:
            raise ValueError("training needs at least two values per channel")
        data = x.astype(np.float64)
        if training:
            mean = data.mean(axis=0)
            var = data.var(axis=0)
            unbiased = var.mean(axis=(1, 2)) * count / (count - 1)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean.mean(
                axis=(1, 2)
            )
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
        else:
            mean = self.running_mean.reshape(-1, 1, 1)
            var = self.running_var.reshape(-1, 1, 1)
        normalised = (data - mean) / np.sqrt(var + self.eps)
        y = normalised * self.gamma.reshape(1, -1, 1, 1) + self.beta.reshape(1, -1, 1, 1)
        return y.astype(x.dtype)
