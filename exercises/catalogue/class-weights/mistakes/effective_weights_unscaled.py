"""You left the effective-number weights as they come out of the formula.

`(1 - beta) / (1 - beta**n_c)` is tiny for frequent classes, so the loss would be tiny too. Divide by the
mean over the samples, `sum(n_c * w_c) / n`.
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
    if not allow_absent and (counts == 0).any():
        raise ValueError("a class has no labels")
    present = counts > 0
    n, k = len(labels), present.sum()
    weights = np.zeros(n_classes)
    if scheme == "balanced":
        weights[present] = n / (k * counts[present])
    else:
        weights[present] = (1 - beta) / (1 - beta ** counts[present])
    return weights


def sample_weights(labels):
    counts = count(labels, 1)
    return 1 / ((counts > 0).sum() * counts[labels])
