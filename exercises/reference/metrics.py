"""Scores of classifiers in NumPy."""

import numpy as np

AVERAGES = ("binary", "macro", "micro", "weighted")


def precision_recall_f1(
    y_true: np.ndarray, y_pred: np.ndarray, average: str, zero_division: float
) -> tuple[float, float, float]:
    """Precision, recall and F1 (van Rijsbergen, 1979) of labels (N,), for one class or averaged over classes.

    Of each class, TP/(TP+FP), TP/(TP+FN) and 2TP/(2TP+FP+FN); a zero denominator gives `zero_division`.
    "binary" takes class 1, "macro" the mean over the labels that occur, "weighted" weighs it by their number
    in y_true, "micro" adds the counts up first. Raises ValueError for other shapes, no labels, an unknown
    average, and labels other than 0 and 1 in the binary case.
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim != 1 or y_true.shape != y_pred.shape or not y_true.size:
        raise ValueError(f"labels must be two lists of one length, not {y_true.shape} and {y_pred.shape}")
    if average not in AVERAGES:
        raise ValueError(f"average must be one of {', '.join(AVERAGES)}, not {average!r:.40}")
    labels = np.union1d(y_true, y_pred)
    if average == "binary":
        if not np.isin(labels, (0, 1)).all():
            raise ValueError("binary labels must be 0 or 1")
        labels = np.array([1])
    truly, guessed = y_true == labels[:, None], y_pred == labels[:, None]
    counts = np.array([(truly & guessed).sum(axis=1), guessed.sum(axis=1), truly.sum(axis=1)])
    weights = counts[2] if average == "weighted" else np.ones(len(labels))
    if average == "micro":
        counts, weights = counts.sum(axis=1, keepdims=True), np.ones(1)
    hits, predicted, actual = counts
    tops = np.array([hits, hits, 2 * hits], dtype=float)
    bottoms = np.array([predicted, actual, predicted + actual], dtype=float)
    scores = np.divide(tops, bottoms, out=np.full(tops.shape, float(zero_division)), where=bottoms > 0)
    precision, recall, f1 = scores @ weights / weights.sum()
    return float(precision), float(recall), float(f1)
