"""You added a small number to the union to avoid the division by zero.

It is small only beside the areas that you had in mind. Boxes in relative coordinates, or of size
0.0001, have areas near your number, and their IoU comes out too low. Decide by a comparison instead,
such as `np.where(union > 0, union, 1)`.
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
    sides = np.maximum(high - low, 0)
    shared = sides[..., 0] * sides[..., 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    union = area_a[:, None] + area_b - shared
    return shared / (union + 1e-7)
