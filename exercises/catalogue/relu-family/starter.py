import numpy as np


def activation(x: np.ndarray, kind: str, a: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope of an activation function, element by element.

    kind is "relu", "leaky_relu", "prelu", "elu", "silu" or "gelu"; a is the left slope of leaky ReLU and
    PReLU and the depth of ELU. Returns (y, slope) in the shape and dtype of x. Raises ValueError for bad
    input.
    """
    raise NotImplementedError
