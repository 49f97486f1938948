"""Everything from the log-sum-exp: np.logaddexp in float64."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) as the exponential of its own logarithm."""
    return np.exp(-np.logaddexp(0.0, -z.astype(np.float64))).astype(z.dtype)


def log_probabilities(z: np.ndarray, axis: int, temperature: float) -> np.ndarray:
    """Log-softmax in float64."""
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, got {temperature}")
    if not -z.ndim <= axis < z.ndim:
        raise ValueError(f"no axis {axis} in an array with {z.ndim} axes")
    if z.shape[axis] == 0:
        raise ValueError("no classes along the axis")
    scores = z.astype(np.float64)
    scores = (scores - scores.max(axis=axis, keepdims=True)) / temperature
    return scores - np.logaddexp.reduce(scores, axis=axis, keepdims=True)


def softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """Probabilities proportional to exp(z / temperature) along an axis."""
    return np.exp(log_probabilities(z, axis, temperature)).astype(z.dtype)


def log_softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """The logarithm of softmax."""
    return log_probabilities(z, axis, temperature).astype(z.dtype)
