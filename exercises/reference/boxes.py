"""Axis-aligned boxes of detectors in NumPy: overlap and greedy suppression. Coordinates are continuous."""

import numpy as np


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of every box of `a` with every box of `b`.

    a (N, 4) and b (M, 4) of (x1, y1, x2, y2); gives (N, M): the area of the intersection, divided by that of
    the union (Jaccard, 1912), and 0 where a box has no area. Empty lists are allowed. Raises ValueError for
    other shapes and for x2 < x1 or y2 < y1.
    """
    a, b = _boxes("a", a), _boxes("b", b)
    low = np.maximum(a[:, None, :2], b[:, :2])
    high = np.minimum(a[:, None, 2:], b[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    union = _areas(a)[:, None] + _areas(b) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)


def nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None, thr: float) -> np.ndarray:
    """Indices of the boxes that greedy non-maximum suppression keeps, by falling score.

    boxes (N, 4) of (x1, y1, x2, y2), scores (N,), integer classes (N,) or None; gives integers (K,). Boxes
    are visited by falling score, equal scores by index; one is dropped if its IoU with a kept one of its
    class is above thr (Girshick and others, 2014). Raises ValueError for wrong shapes, corners in the wrong
    order and thr outside [0, 1].
    """
    boxes = _boxes("boxes", boxes)
    scores = _per_box("scores", scores, len(boxes))
    if not 0 <= thr <= 1:
        raise ValueError(f"thr must be from 0 to 1, not {thr!r:.40}")
    clash = box_iou(boxes, boxes) > thr
    if classes is not None:
        classes = _per_box("classes", classes, len(boxes))
        clash &= classes[:, None] == classes
    alive = np.ones(len(boxes), dtype=bool)
    kept = []
    for index in np.argsort(-scores, kind="stable"):
        if alive[index]:
            kept.append(index)
            alive &= ~clash[index]
    return np.array(kept, dtype=np.int64)


def _boxes(name: str, boxes: np.ndarray) -> np.ndarray:
    boxes = np.asarray(boxes)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"{name} must have shape (any, 4), not {boxes.shape}")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError(f"{name} has a box with x2 < x1 or y2 < y1")
    return boxes


def _per_box(name: str, values: np.ndarray, count: int) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != (count,):
        raise ValueError(f"{name} must have shape ({count},), not {values.shape}")
    return values


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
