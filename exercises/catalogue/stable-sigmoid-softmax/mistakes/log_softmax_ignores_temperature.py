"""Your log-softmax ignores the temperature.

It must be the logarithm of softmax at the same temperature. In distillation teacher and student are
compared at one temperature, and with yours they would not be.
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
    s = shifted(z, axis, temperature) * temperature
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
