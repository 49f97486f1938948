"""You took boxes with x2 < x1 or y2 < y1.

Their area comes out negative, or positive if both are the wrong way round, and the IoU of a corrupt
annotation looks like a number. Raise `ValueError` for such a box in either list.
"""

import numpy as np


def checked(boxes):
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have shape (N, 4)")
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
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
