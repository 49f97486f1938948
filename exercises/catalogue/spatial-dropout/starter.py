import numpy as np


def spatial_dropout(x: np.ndarray, p: float, training: bool, rng: np.random.Generator) -> np.ndarray:
    """Drop whole maps of x (N, C, H, W) with probability p while training and scale the others.

    Returns the shape and dtype of x. In evaluation the values are unchanged and rng is not used. Raises
    ValueError for bad input.
    """
    raise NotImplementedError
