"""Your results are float64 whatever the dtype of `z` is.

float32 logits must give float32 probabilities; everything behind them would double its memory. Convert at
the end, or keep Python numbers instead of NumPy float64 constants.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return (np.where(z >= 0, 1, e) / (1 + e)).astype(np.float64)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = z.astype(np.float64)
    return (z - z.max(axis=axis, keepdims=True)) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
