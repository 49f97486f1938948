import numpy as np


def nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None, thr: float) -> np.ndarray:
    """Greedy non-maximum suppression of boxes (N, 4) with scores (N,), per class if classes (N,) are given.

    Returns the indices of the kept boxes by falling score, an integer array (K,). Raises ValueError for wrong
    shapes, corners in the wrong order and a threshold outside [0, 1].
    """
    raise NotImplementedError
