"""You added a small number to the probability before taking its logarithm.

That avoids minus infinity but invents a floor: every class that is less likely gets the same value, about
-27.6 for `1e-12`, and its gradient vanishes. Subtract the logarithm of the sum from the shifted logits
instead.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return (z - z.max(axis=axis, keepdims=True)) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    return np.log(softmax(z, axis, temperature) + 1e-12)
