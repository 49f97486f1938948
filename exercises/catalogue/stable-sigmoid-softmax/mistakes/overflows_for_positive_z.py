"""Your sigmoid is `exp(z) / (1 + exp(z))`, which is NaN for large positive `z`.

`exp(1000)` is infinity, and infinity over infinity is NaN, where 1 is right. For `z >= 0` divide by `1 +
exp(-z)` instead.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(z)
    return e / (1 + e)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return (z - z.max(axis=axis, keepdims=True)) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
