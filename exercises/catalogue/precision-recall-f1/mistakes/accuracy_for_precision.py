"""You counted true negatives as hits: your precision is the share of right answers.

Precision asks only about what was predicted to be of the class. Examples that both lists put elsewhere
(TN) appear in none of the three formulas, which is why they survive imbalance.
"""

import numpy as np


def check(y_true, y_pred, average):
    if y_true.ndim != 1 or y_true.shape != y_pred.shape or not y_true.size:
        raise ValueError("two lists of labels of one length are needed")
    if average not in ("binary", "macro", "micro", "weighted"):
        raise ValueError("unknown average")
    if average == "binary" and not set(y_true.tolist()) | set(y_pred.tolist()) <= {0, 1}:
        raise ValueError("binary labels must be 0 or 1")


def divide(top, bottom, zero_division):
    return top / bottom if bottom else zero_division


def scores(tp, fp, fn, zero_division, total):
    precision = divide(total - fp - fn, total, zero_division)
    recall = divide(tp, tp + fn, zero_division)
    return precision, recall, divide(2 * tp, 2 * tp + fp + fn, zero_division)


def prf(y_true, y_pred, average, zero_division):
    check(y_true, y_pred, average)
    classes = np.array([1]) if average == "binary" else np.unique(np.concatenate([y_true, y_pred]))
    tp = np.array([np.sum((y_true == c) & (y_pred == c)) for c in classes])
    fp = np.array([np.sum((y_true != c) & (y_pred == c)) for c in classes])
    fn = np.array([np.sum((y_true == c) & (y_pred != c)) for c in classes])
    if average == "micro":
        return scores(tp.sum(), fp.sum(), fn.sum(), zero_division, len(y_true) * len(classes))
    table = np.array([scores(*counts, zero_division, len(y_true)) for counts in zip(tp, fp, fn)])
    weights = tp + fn if average == "weighted" else np.ones(len(classes))
    precision, recall, f1 = weights @ table / weights.sum()
    return precision, recall, f1
