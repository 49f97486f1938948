"""You divided by the sum over the whole array.

The probabilities of each slice along `axis` must add up to 1; yours do so only all together. Sum with
`axis=axis, keepdims=True`.
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
    return e / e.sum()


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum())
