"""Plain Python: count in a dictionary, one class after the other."""

import math
from collections import Counter

import numpy as np


def count_labels(labels: np.ndarray) -> Counter:
    """How often each label occurs."""
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels must have shape (N,) with N at least 1, got {labels.shape}")
    counts = Counter(labels.tolist())
    if min(counts) < 0:
        raise ValueError("labels must not be negative")
    return counts


def class_weights(
    labels: np.ndarray,
    n_classes: int,
    scheme: str = "balanced",
    beta: float = 0.999,
    allow_absent: bool = False,
) -> np.ndarray:
    """Weights (n_classes,) of the classes, with mean 1 over the samples."""
    counts = count_labels(labels)
    if n_classes < 1:
        raise ValueError(f"n_classes must be at least 1, got {n_classes}")
    if max(counts) >= n_classes:
        raise ValueError(f"label {max(counts)} is too large for {n_classes} classes")
    if len(counts) < n_classes and not allow_absent:
        raise ValueError("a class has no labels")

    if scheme == "balanced":
        weight = {label: 1 / count for label, count in counts.items()}
    elif scheme == "effective":
        if beta < 0 or beta >= 1:
            raise ValueError(f"beta must be at least 0 and below 1, got {beta}")
        weight = {label: (1 - beta) / (1 - beta**count) for label, count in counts.items()}
    else:
        raise ValueError(f"unknown scheme {scheme!r}")

    mean = math.fsum(count * weight[label] for label, count in counts.items()) / len(labels)
    return np.array([weight.get(label, 0.0) / mean for label in range(n_classes)])


def sample_weights(labels: np.ndarray) -> np.ndarray:
    """Weights (N,) of the samples: each class that occurs has the same total; the sum is 1."""
    counts = count_labels(labels)
    return np.array([1 / (len(counts) * counts[label]) for label in labels.tolist()])
