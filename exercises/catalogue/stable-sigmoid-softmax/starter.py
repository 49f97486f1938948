import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), element by element, in the shape and dtype of z, accurate for every finite z."""
    raise NotImplementedError


def softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """Probabilities proportional to exp(z / temperature) along an axis, in the shape and dtype of z.

    Raises ValueError for bad input.
    """
    raise NotImplementedError


def log_softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """The logarithm of softmax, finite wherever z is finite, in the shape and dtype of z.

    Raises ValueError for bad input.
    """
    raise NotImplementedError
