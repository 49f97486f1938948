"""Loop as in the definition: each visited box is compared with the boxes that were kept so far."""

import numpy as np


def nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None, thr: float) -> np.ndarray:
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must be of shape (N, 4)")
    count = len(boxes)
    if scores.shape != (count,) or (classes is not None and classes.shape != (count,)):
        raise ValueError("scores and classes must be of shape (N,)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("corners are in the wrong order")
    if not 0 <= thr <= 1:
        raise ValueError("thr must lie in [0, 1]")

    corners = boxes.astype(np.float64)
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    labels = np.zeros(count, dtype=np.int64) if classes is None else classes
    kept = np.empty(count, dtype=np.int64)
    size = 0
    for i in np.argsort(-scores, kind="stable"):
        rivals = kept[:size]
        rivals = rivals[labels[rivals] == labels[i]]
        top_left = np.maximum(corners[rivals, :2], corners[i, :2])
        bottom_right = np.minimum(corners[rivals, 2:], corners[i, 2:])
        sides = np.maximum(bottom_right - top_left, 0)
        intersection = sides[:, 0] * sides[:, 1]
        union = areas[rivals] + areas[i] - intersection
        if not (intersection > thr * union).any():
            kept[size] = i
            size += 1
    return kept[:size].copy()
