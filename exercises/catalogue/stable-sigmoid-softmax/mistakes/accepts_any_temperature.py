"""You accepted a temperature of 0 or below.

At 0 the division gives NaN (the limit would be the largest entry), and a negative temperature prefers the
smallest logit. Raise `ValueError`.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def shifted(z, axis, temperature):
    return (z - z.max(axis=axis, keepdims=True)) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
