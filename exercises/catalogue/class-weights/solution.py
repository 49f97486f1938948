import numpy as np


def refuse_empty(labels: np.ndarray) -> None:
    """What np.bincount does not refuse itself, as it does negative labels and other than one axis."""
    if labels.size == 0:
        raise ValueError("there are no labels")


def class_weights(
    labels: np.ndarray,
    n_classes: int,
    scheme: str = "balanced",
    beta: float = 0.999,
    allow_absent: bool = False,
) -> np.ndarray:
    """Weights (n_classes,) in float64 from training labels (N,), with mean 1 over the samples.

    scheme is "balanced" or "effective". Raises ValueError for bad input, and for a class without labels
    unless allow_absent, which gives it weight 0.
    """
    refuse_empty(labels)
    counts = np.bincount(labels, minlength=n_classes)
    if len(counts) > n_classes:
        raise ValueError(f"label {len(counts) - 1} is no class, there are {n_classes}")
    present = counts > 0
    if not allow_absent and not present.all():
        raise ValueError(f"class {present.argmin()} has no labels")
    if scheme == "balanced":
        sizes = counts[present]
    elif scheme == "effective":
        if not 0 <= beta < 1:
            raise ValueError(f"beta must be at least 0 and below 1, got {beta}")
        sizes = 1 - beta ** counts[present]  # times 1 / (1 - beta), a factor that cancels below
    else:
        raise ValueError(f"unknown scheme {scheme!r}")
    weights = np.zeros(n_classes)
    weights[present] = labels.size / sizes
    return weights / weights[labels].mean()


def sample_weights(labels: np.ndarray) -> np.ndarray:
    """Weights (N,) in float64 of the samples: each class that occurs has the same total; the sum is 1.

    Raises ValueError for bad input.
    """
    refuse_empty(labels)
    weights = labels.size / np.bincount(labels)[labels]
    return weights / weights.sum()
