"""Loops over samples and classes, in Python floats."""

import math

import numpy as np


def softmax_xent(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of logits (N, K) with class indices labels (N,), and its gradient."""
    if logits.ndim != 2:
        raise ValueError(f"logits must have two axes, got {logits.ndim}")
    n, k = logits.shape
    if n == 0:
        raise ValueError("the batch is empty")
    if labels.shape != (n,):
        raise ValueError(f"labels must have shape ({n},), got {labels.shape}")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers, got {labels.dtype}")

    loss = 0.0
    dlogits = np.empty((n, k), logits.dtype)
    for sample, (row, label) in enumerate(zip(logits.tolist(), labels.tolist())):
        if not 0 <= label < k:
            raise ValueError(f"label {label} is not from 0 to {k - 1}")
        largest = max(row)
        weights = [math.exp(score - largest) for score in row]
        total = sum(weights)
        loss += math.log(total) - (row[label] - largest)
        for c in range(k):
            dlogits[sample, c] = (weights[c] / total - (c == label)) / n
    return loss / n, dlogits
