"""The best we know in NumPy: blocks of boxes against all that follow, in a few large operations without the
division, so that the greedy loop has only rows of booleans to combine. Boxes that were dropped by an earlier
block are left out, and blocks stay small enough for the cache. Only what the timed call needs.
"""

import numpy as np

BLOCK = 64


def nms(boxes, scores, classes, thr):
    order = np.argsort(-scores, kind="stable")
    x1, y1, x2, y2 = np.ascontiguousarray(boxes[order].T)
    # shared > thr * (area + other - shared) says the same as shared > limit + other limit
    limit = (x2 - x1) * (y2 - y1) * (thr / (1 + thr))
    dropped = np.zeros(len(order), dtype=bool)
    kept = []
    for start in range(0, len(order), BLOCK):
        rows = start + np.flatnonzero(~dropped[start : start + BLOCK])
        shared = np.minimum(x2[rows, None], x2[start:])
        scratch = np.maximum(x1[rows, None], x1[start:])
        shared -= scratch
        np.maximum(shared, 0, out=shared)
        height = np.minimum(y2[rows, None], y2[start:])
        np.maximum(y1[rows, None], y1[start:], out=scratch)
        height -= scratch
        shared *= height  # a negative height makes this negative, which exceeds no limit
        np.add(limit[rows, None], limit[start:], out=height)
        for rank, row in zip(rows.tolist(), shared > height, strict=True):
            if not dropped[rank]:
                kept.append(rank)
                dropped[start:] |= row
    return order[kept]
