import numpy as np


def check_boxes(boxes: np.ndarray) -> None:
    """Raise ValueError unless these are boxes (N, 4) with their corners in order."""
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {boxes.shape}")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")


def exceeds(box: np.ndarray, others: np.ndarray, thr: float) -> np.ndarray:
    """Whether the IoU of one box (4,) with each of the others (K, 4) is above thr."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(axis=1) - shared
    return shared > thr * union  # as shared / union > thr, but a union of 0 does no harm


def nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None, thr: float) -> np.ndarray:
    """Greedy non-maximum suppression of boxes (N, 4) with scores (N,), per class if classes (N,) are given.

    Returns the indices of the kept boxes by falling score, an integer array (K,). Raises ValueError for wrong
    shapes, corners in the wrong order and a threshold outside [0, 1].
    """
    check_boxes(boxes)
    count = len(boxes)
    if scores.shape != (count,) or (classes is not None and classes.shape != (count,)):
        raise ValueError(f"scores and classes must have shape ({count},)")
    if not 0 <= thr <= 1:
        raise ValueError(f"thr must lie in [0, 1], got {thr}")
    waiting = np.argsort(-scores, kind="stable")  # a stable sort leaves equal scores in the order of indices
    kept = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        drop = exceeds(boxes[best], boxes[waiting], thr)
        if classes is not None:
            drop &= classes[waiting] == classes[best]
        waiting = waiting[~drop]
    return np.array(kept, dtype=np.int64)
