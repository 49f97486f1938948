import numpy as np


def prf(
    y_true: np.ndarray, y_pred: np.ndarray, average: str, zero_division: float
) -> tuple[float, float, float]:
    """Precision, recall and F1 of predicted labels (N,) against true ones (N,).

    `average` is "binary", "macro", "micro" or "weighted"; a score with a zero denominator is `zero_division`.
    Raises ValueError for shapes that do not fit, no labels, an unknown average, and labels other than 0 and 1
    in the binary case.
    """
    raise NotImplementedError
