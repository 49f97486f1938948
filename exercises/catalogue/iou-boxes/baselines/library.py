"""The best we know in NumPy: x and y apart, in arrays (N, M) that are contiguous and used again, so that no
operation runs over an inner axis of length two or asks for new memory. Only what the timed call needs.
"""

import numpy as np


def box_iou(a, b):
    ax1, ay1, ax2, ay2 = np.ascontiguousarray(a.T)[:, :, None]
    bx1, by1, bx2, by2 = np.ascontiguousarray(b.T)
    shared = np.minimum(ax2, bx2)
    scratch = np.maximum(ax1, bx1)
    shared -= scratch
    np.maximum(shared, 0, out=shared)
    height = np.minimum(ay2, by2)
    np.maximum(ay1, by1, out=scratch)
    height -= scratch
    np.maximum(height, 0, out=height)
    shared *= height
    np.add((ax2 - ax1) * (ay2 - ay1), (bx2 - bx1) * (by2 - by1), out=height)
    height -= shared
    shared /= height
    return shared
