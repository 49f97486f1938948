import numpy as np


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Weights (C_out, C_in) or (C_out, C_in / groups, k_1, ...) with the variance of the scheme.

    Raises ValueError for an unknown scheme or distribution and for a shape that no layer has.
    """
    raise NotImplementedError
