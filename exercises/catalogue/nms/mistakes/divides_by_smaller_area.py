"""You divided the intersection by the area of the smaller box.

A small box inside a large one then has an overlap of 1 and is always dropped. IoU divides by the area
of the union.
"""

import numpy as np


def check(boxes, scores, classes, thr):
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have shape (N, 4)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")
    if scores.shape != (len(boxes),) or (classes is not None and classes.shape != (len(boxes),)):
        raise ValueError("scores and classes need one entry a box")
    if not 0 <= thr <= 1:
        raise ValueError("thr must lie in [0, 1]")


def overlaps(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(axis=1))
    return np.divide(shared, smaller, out=np.zeros_like(shared), where=shared > 0)


def nms(boxes, scores, classes, thr):
    check(boxes, scores, classes, thr)
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        drop = overlaps(boxes[best], boxes[waiting]) > thr
        if classes is not None:
            drop &= classes[waiting] == classes[best]
        waiting = waiting[~drop]
    return np.array(kept, dtype=np.int64)
