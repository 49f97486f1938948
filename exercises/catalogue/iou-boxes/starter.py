import numpy as np


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of every box of a (N, 4) with every box of b (M, 4), boxes given as (x1, y1, x2, y2).

    Returns (N, M) in the dtype of a. Raises ValueError for other shapes and for corners in the wrong order.
    """
    raise NotImplementedError
