"""You clipped the product of the overlaps at 0, not width and height each.

That repairs boxes that are apart along one axis. Where they are apart along both, two negative numbers
have given a positive area already. Clip first, then multiply.
"""

import numpy as np


def checked(boxes):
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have shape (N, 4)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")
    return boxes


def box_iou(a, b):
    a, b = checked(a), checked(b)
    low = np.maximum(a[:, None, :2], b[:, :2])
    high = np.minimum(a[:, None, 2:], b[:, 2:])
    sides = high - low
    shared = np.maximum(sides[..., 0] * sides[..., 1], 0)
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
