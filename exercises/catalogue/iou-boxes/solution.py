import numpy as np


def checked(boxes: np.ndarray) -> np.ndarray:
    """The boxes (N, 4) themselves. Raises ValueError for other shapes and for corners in the wrong order."""
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {boxes.shape}")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")
    return boxes


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of every box of a (N, 4) with every box of b (M, 4), boxes given as (x1, y1, x2, y2).

    Returns (N, M) in the dtype of a. Raises ValueError for other shapes and for corners in the wrong order.
    """
    ax1, ay1, ax2, ay2 = checked(a).T[:, :, None]  # each (N, 1), so that it meets every one of (M,)
    bx1, by1, bx2, by2 = checked(b).T
    width = np.minimum(ax2, bx2) - np.maximum(ax1, bx1)
    height = np.minimum(ay2, by2) - np.maximum(ay1, by1)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared
    # The union is 0 for two boxes without area only: nothing is shared then, and 0 / 1 is the answer.
    return shared / np.where(union > 0, union, 1)
