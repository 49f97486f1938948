"""Plain Python: counts in dictionaries, one loop over the samples and one over the classes."""

from collections import Counter

import numpy as np


def prf(
    y_true: np.ndarray, y_pred: np.ndarray, average: str, zero_division: float
) -> tuple[float, float, float]:
    if y_true.ndim != 1 or y_pred.ndim != 1 or len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("labels must be two arrays (N,) of the same length, N at least 1")
    if average not in ("binary", "macro", "micro", "weighted"):
        raise ValueError(f"unknown average {average!r}")
    truth, guesses = y_true.tolist(), y_pred.tolist()
    classes = set(truth) | set(guesses)
    if average == "binary" and not classes <= {0, 1}:
        raise ValueError("binary labels must be 0 or 1")

    tp, fp, fn = Counter(), Counter(), Counter()
    for label, guess in zip(truth, guesses, strict=True):
        if label == guess:
            tp[label] += 1
        else:
            fp[guess] += 1
            fn[label] += 1

    def ratio(numerator: int, denominator: int) -> float:
        return numerator / denominator if denominator else zero_division

    def scores(tp: int, fp: int, fn: int) -> tuple[float, float, float]:
        return ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(2 * tp, 2 * tp + fp + fn)

    if average == "binary":
        return scores(tp[1], fp[1], fn[1])
    if average == "micro":
        return scores(tp.total(), fp.total(), fn.total())
    totals, weights = [0.0, 0.0, 0.0], 0
    for c in classes:
        weight = 1 if average == "macro" else tp[c] + fn[c]
        weights += weight
        for k, score in enumerate(scores(tp[c], fp[c], fn[c])):
            totals[k] += weight * score
    precision, recall, f1 = (total / weights for total in totals)
    return precision, recall, f1
