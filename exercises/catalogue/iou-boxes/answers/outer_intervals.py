"""Outer minima and maxima: the overlap of two boxes is the product of the overlaps of their sides."""

import numpy as np


def check(boxes: np.ndarray) -> None:
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must be of shape (any number, 4)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("corners are in the wrong order")


def overlap(start_a: np.ndarray, end_a: np.ndarray, start_b: np.ndarray, end_b: np.ndarray) -> np.ndarray:
    """Length that intervals of a (N,) share with intervals of b (M,), as (N, M)."""
    shared = np.minimum.outer(end_a, end_b)
    shared -= np.maximum.outer(start_a, start_b)
    return np.maximum(shared, 0, out=shared)


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    check(a)
    check(b)
    left_a, top_a, right_a, bottom_a = a.T.astype(np.float64)
    left_b, top_b, right_b, bottom_b = b.T.astype(np.float64)
    intersection = overlap(left_a, right_a, left_b, right_b)
    intersection *= overlap(top_a, bottom_a, top_b, bottom_b)
    area_a = (right_a - left_a) * (bottom_a - top_a)
    area_b = (right_b - left_b) * (bottom_b - top_b)
    union = np.add.outer(area_a, area_b)
    union -= intersection
    union[union == 0] = 1  # two boxes of zero area: 0 / 1
    intersection /= union
    return intersection.astype(a.dtype, copy=False)
