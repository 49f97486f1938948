"""Checks of arguments that the reference operations share. All raise ValueError that names the argument."""

from typing import Any

import numpy as np

Pair = int | tuple[int, int]


def pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    """An integer, or a pair of integers for height and width, as a pair of at least `least`."""
    values: Any = (value, value) if _is_int(value) else value
    if not isinstance(values, (tuple, list)) or len(values) != 2 or not all(_is_int(one) for one in values):
        raise ValueError(f"{name} must be an integer or a pair of integers, not {value!r:.60}")
    if min(values) < least:
        raise ValueError(f"{name} must be at least {least}, not {value!r:.60}")
    return int(values[0]), int(values[1])


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def rank(name: str, array: np.ndarray, axes: str) -> np.ndarray:
    """The argument as an array with these axes, written like "N, C, H, W"; no axis may be empty."""
    array = np.asarray(array)
    if array.ndim != len(axes.split(",")):
        raise ValueError(f"{name} must have shape ({axes}), not {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty: shape {array.shape}")
    return array
