"""You ignored `axis` and normalised along the last one.

With logits of shape (N, K, H, W), as in segmentation, the classes are on axis 1; yours makes the pixels of
a row compete with each other. Pass `axis` to the maximum and the sum.
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def shifted(z, axis, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    if not -z.ndim <= axis < z.ndim:
        raise ValueError("no such axis")
    return (z - z.max(axis=-1, keepdims=True)) / temperature


def softmax(z, axis, temperature=1.0):
    e = np.exp(shifted(z, axis, temperature))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z, axis, temperature=1.0):
    s = shifted(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
