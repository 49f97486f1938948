"""Weights against class imbalance: for the classes of a loss and for the samples of a sampler."""

import numpy as np

from exercises.reference.checking import rank

SCHEMES = ("balanced", "effective")


def class_weights(
    labels: np.ndarray,
    n_classes: int,
    scheme: str = "balanced",
    beta: float = 0.999,
    allow_absent: bool = False,
) -> np.ndarray:
    """Weights (n_classes,) in float64 from labels (N,), whose mean over the samples is 1.

    "balanced" is n / (K n_c), where K classes occur; "effective" is proportional to (1-beta) / (1-beta^n_c)
    (Cui and others, 2019). A class without labels gets 0 with `allow_absent`. Raises ValueError without it,
    for labels outside of 0 to n_classes - 1, for an unknown scheme and for a beta outside of [0, 1).
    """
    counts = _counts(labels, n_classes)
    if len(counts) > n_classes:
        raise ValueError(f"labels must lie below {n_classes}, not at {len(counts) - 1}")
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}, not {scheme!r:.40}")
    if scheme == "effective" and not 0 <= beta < 1:
        raise ValueError(f"beta must be at least 0 and below 1, not {beta!r:.40}")
    present = counts > 0
    if not allow_absent and not present.all():
        raise ValueError(f"class {int(np.argmin(present))} has no labels")
    weights = np.zeros(n_classes)
    sizes = counts[present]
    weights[present] = 1 / sizes if scheme == "balanced" else (1 - beta) / (1 - beta**sizes)
    return weights * counts.sum() / (weights @ counts)


def sample_weights(labels: np.ndarray) -> np.ndarray:
    """Weights (N,) in float64 of labels (N,): each class that occurs has the same total; the sum is 1.

    Raises ValueError for negative labels.
    """
    counts = _counts(labels, 1)
    return 1 / (np.count_nonzero(counts) * counts[labels])


def _counts(labels: np.ndarray, n_classes: int) -> np.ndarray:
    labels = rank("labels", labels, "N")
    if labels.min() < 0:
        raise ValueError("labels must not be negative")
    if n_classes < 1:
        raise ValueError(f"n_classes must be at least 1, not {n_classes!r:.40}")
    return np.bincount(labels, minlength=n_classes)
