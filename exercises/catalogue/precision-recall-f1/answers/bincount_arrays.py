"""NumPy arrays over the classes: counts from bincount, scores of all classes in one masked division."""

import numpy as np


def prf(
    y_true: np.ndarray, y_pred: np.ndarray, average: str, zero_division: float
) -> tuple[float, float, float]:
    if y_true.ndim != 1 or y_pred.shape != y_true.shape or y_true.size == 0:
        raise ValueError("labels must be two arrays (N,) of the same length, N at least 1")
    if average not in {"binary", "macro", "micro", "weighted"}:
        raise ValueError(f"unknown average {average!r}")
    if average == "binary":
        if not np.isin(np.concatenate([y_true, y_pred]), (0, 1)).all():
            raise ValueError("binary labels must be 0 or 1")
        classes = np.array([1])
    else:
        classes = np.union1d(y_true, y_pred)

    def count(labels: np.ndarray) -> np.ndarray:
        """How often each class occurs."""
        known = labels[np.isin(labels, classes)]
        return np.bincount(np.searchsorted(classes, known), minlength=len(classes))

    hits, predicted, labelled = count(y_true[y_true == y_pred]), count(y_pred), count(y_true)
    if average == "micro":
        hits, predicted, labelled = (x.sum(keepdims=True) for x in (hits, predicted, labelled))
    numerators = np.array([hits, hits, 2 * hits])
    denominators = np.array([predicted, labelled, predicted + labelled])
    scores = np.full(numerators.shape, zero_division, dtype=np.float64)
    np.divide(numerators, denominators, out=scores, where=denominators > 0)
    weights = labelled if average == "weighted" else None
    precision, recall, f1 = np.average(scores, axis=1, weights=weights)
    return float(precision), float(recall), float(f1)
