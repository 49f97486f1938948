"""Loops over elements and over lanes along the axis, in Python floats."""

import math

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), with the exponential of a number that is never above 0."""
    out = np.empty(z.shape, z.dtype)
    for index, value in np.ndenumerate(z):
        value = float(value)
        if value >= 0:
            out[index] = 1 / (1 + math.exp(-value))
        else:
            out[index] = math.exp(value) / (1 + math.exp(value))
    return out


def for_each_lane(function, z: np.ndarray, axis: int, temperature: float) -> np.ndarray:
    """Apply a function to the scores of each lane, shifted so that the largest is 0."""
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, got {temperature}")
    lanes = np.moveaxis(z, axis, -1)
    if lanes.shape[-1] == 0:
        raise ValueError("no classes along the axis")
    out = np.empty(lanes.shape, z.dtype)
    for index in np.ndindex(lanes.shape[:-1]):
        lane = lanes[index].tolist()
        largest = max(lane)
        out[index] = function([(score - largest) / temperature for score in lane])
    return np.moveaxis(out, -1, axis)


def softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """Probabilities proportional to exp(z / temperature) along an axis."""

    def normalise(scores: list[float]) -> list[float]:
        weights = [math.exp(score) for score in scores]
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    return for_each_lane(normalise, z, axis, temperature)


def log_softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """The logarithm of softmax."""

    def subtract_log_sum(scores: list[float]) -> list[float]:
        log_sum = math.log(math.fsum(math.exp(score) for score in scores))
        return [score - log_sum for score in scores]

    return for_each_lane(subtract_log_sum, z, axis, temperature)
