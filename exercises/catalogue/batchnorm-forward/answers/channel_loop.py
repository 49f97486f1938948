"""One channel after the other, sums written out."""

import numpy as np


class BatchNorm2d:
    def __init__(self, C, eps=1e-5, momentum=0.1):
        self.C, self.eps, self.momentum = C, eps, momentum
        self.gamma, self.beta = np.ones(C), np.zeros(C)
        self.running_mean, self.running_var = np.zeros(C), np.ones(C)

    def forward(self, x, training):
        if np.ndim(x) != 4 or x.shape[1] != self.C:
            raise ValueError("shape")
        values = x[:, 0].size
        if training and values <= 1:
            raise ValueError("one value")
        y = np.empty_like(x)
        for c in range(self.C):
            channel = x[:, c].astype(float)
            mean, var = self.running_mean[c], self.running_var[c]
            if training:
                mean = channel.sum() / values
                squares = ((channel - mean) ** 2).sum()
                var = squares / values
                self.running_mean[c] += self.momentum * (mean - self.running_mean[c])
                self.running_var[c] += self.momentum * (squares / (values - 1) - self.running_var[c])
            y[:, c] = self.gamma[c] * (channel - mean) / (var + self.eps) ** 0.5 + self.beta[c]
        return y
