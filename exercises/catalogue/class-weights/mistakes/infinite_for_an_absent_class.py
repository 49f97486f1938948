"""A class without labels gets an infinite weight.

`n / (K * 0)` is infinity, and the first loss that touches it is infinity or NaN. Raise `ValueError`, or
give it weight 0 where `allow_absent` says so.
"""

import numpy as np


def count(labels, n_classes):
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError("labels must be a non-empty list of classes")
    if labels.min() < 0:
        raise ValueError("a label is negative")
    return np.bincount(labels, minlength=n_classes)


def class_weights(labels, n_classes, scheme="balanced", beta=0.999, allow_absent=False):
    if n_classes < 1:
        raise ValueError("there must be a class")
    counts = count(labels, n_classes)
    if len(counts) > n_classes:
        raise ValueError("a label is too large")
    if scheme not in ("balanced", "effective"):
        raise ValueError("unknown scheme")
    if scheme == "effective" and not 0 <= beta < 1:
        raise ValueError("beta must lie in [0, 1)")
    present = counts > 0
    n, k = len(labels), present.sum()
    weights = np.zeros(n_classes)
    if scheme == "balanced":
        weights[present] = n / (k * counts[present])
        weights[~present] = np.inf
    else:
        weights[present] = (1 - beta) / (1 - beta ** counts[present])
        weights *= n / (weights * counts).sum()
    return weights


def sample_weights(labels):
    counts = count(labels, 1)
    return 1 / ((counts > 0).sum() * counts[labels])
