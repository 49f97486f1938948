import numpy as np


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
    raise NotImplementedError


def sample_weights(labels: np.ndarray) -> np.ndarray:
    """Weights (N,) in float64 of the samples: each class that occurs has the same total; the sum is 1.

    Raises ValueError for bad input.
    """
    raise NotImplementedError
