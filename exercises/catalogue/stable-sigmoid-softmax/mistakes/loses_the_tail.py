"""Your sigmoid gives 0 where a small probability is right.

`1 / (1 + exp(-z))` does so below -709, where `exp(-z)` overflows; `1 - p` and `(1 + tanh(z / 2)) / 2`
already below -37, since 1 has no room for such digits. For negative `z` use `exp(z) / (1 + exp(z))`, which
keeps them all.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


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
