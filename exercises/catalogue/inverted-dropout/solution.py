import numpy as np


def dropout(
    x: np.ndarray, p: float, training: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Drop each element with probability p while training and rescale the rest.

    Returns y and the mask of kept elements. Raises ValueError unless 0 <= p <= 1.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    mask = rng.random(x.shape) >= p  # random() lies in [0, 1), so p = 0 keeps all and p = 1 none
    if p == 1:
        return np.zeros_like(x), mask
    return x * mask / (1 - p), mask
