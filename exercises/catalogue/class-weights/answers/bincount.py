"""Vectorised over classes: np.bincount and np.unique."""

import numpy as np


def check_labels(labels: np.ndarray) -> None:
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels must have shape (N,) with N at least 1, got {labels.shape}")
    if labels.min() < 0:
        raise ValueError("labels must not be negative")


def class_weights(
    labels: np.ndarray,
    n_classes: int,
    scheme: str = "balanced",
    beta: float = 0.999,
    allow_absent: bool = False,
) -> np.ndarray:
    """Weights (n_classes,) of the classes, with mean 1 over the samples."""
    check_labels(labels)
    if n_classes < 1 or labels.max() >= n_classes:
        raise ValueError(f"labels must be below n_classes = {n_classes}, which must be at least 1")
    if scheme not in ("balanced", "effective"):
        raise ValueError(f"unknown scheme {scheme!r}")
    if scheme == "effective" and not 0 <= beta < 1:
        raise ValueError(f"beta must be in [0, 1), got {beta}")

    counts = np.bincount(labels.astype(np.intp), minlength=n_classes)
    present = counts > 0
    if not (allow_absent or present.all()):
        raise ValueError(f"classes without labels: {np.flatnonzero(~present)}")

    n_present = counts[present].astype(np.float64)
    if scheme == "balanced" or beta == 0:
        effective = n_present if scheme == "balanced" else np.ones_like(n_present)
    else:
        effective = np.expm1(n_present * np.log(beta)) / (beta - 1)  # exact for beta close to 1 too
    weights = np.zeros(n_classes)
    weights[present] = 1 / effective
    return weights * len(labels) / (counts @ weights)


def sample_weights(labels: np.ndarray) -> np.ndarray:
    """Weights (N,) of the samples: each class that occurs has the same total; the sum is 1."""
    check_labels(labels)
    classes, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return 1 / (len(classes) * counts[inverse])
