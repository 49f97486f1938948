"""You subtracted the maximum of the whole array instead of the one along the axis.

A row that lies far below the largest entry then consists of exponentials that are all 0, and 0 / 0 is NaN.
Take `z.max(axis=axis, keepdims=True)`.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return (z - z.max()) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
