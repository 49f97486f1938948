"""You moved the running values in evaluation too.

Looking at data must not change the model: in your version the answers depend on what was evaluated before,
and the test set leaks into the layer. Update only while `training` is true.
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
        old_mean, old_var = self.running_mean, self.running_var
        mean = data.mean(axis=(0, 2, 3))
        var = data.var(axis=(0, 2, 3))
        unbiased = var * count / max(count - 1, 1)
        self.running_mean = (1 - self.momentum) * old_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * old_var + self.momentum * unbiased
        if not training:
            mean, var = old_mean, old_var
        normalised = (data - mean.reshape(1, -1, 1, 1)) / np.sqrt(var + self.eps).reshape(1, -1, 1, 1)
        y = normalised * self.gamma.reshape(1, -1, 1, 1) + self.beta.reshape(1, -1, 1, 1)
        return y.astype(x.dtype)
