import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), element by element, in the shape and dtype of z, accurate for every finite z."""
    # The numerator is 1 for z >= 0 and exp(z) below; no exponent is ever positive.
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def below_the_top(z: np.ndarray, axis: int, temperature: float) -> np.ndarray:
    """(z - max) / temperature along the axis: the same probabilities, and no exponent above 0."""
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    return (z - z.max(axis=axis, keepdims=True)) / temperature


def softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """Probabilities proportional to exp(z / temperature) along an axis, in the shape and dtype of z.

    Raises ValueError for bad input.
    """
    e = np.exp(below_the_top(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """The logarithm of softmax, finite wherever z is finite, in the shape and dtype of z.

    Raises ValueError for bad input.
    """
    s = below_the_top(z, axis, temperature)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
