import numpy as np

AVERAGES = ("binary", "macro", "micro", "weighted")


def ratio(top: np.ndarray, bottom: np.ndarray, zero_division: float) -> np.ndarray:
    """top / bottom, and zero_division where bottom is 0."""
    return np.array([t / b if b else zero_division for t, b in zip(top, bottom, strict=True)])


def prf(
    y_true: np.ndarray, y_pred: np.ndarray, average: str, zero_division: float
) -> tuple[float, float, float]:
    """Precision, recall and F1 of predicted labels (N,) against true ones (N,).

    `average` is "binary", "macro", "micro" or "weighted"; a score with a zero denominator is `zero_division`.
    Raises ValueError for shapes that do not fit, no labels, an unknown average, and labels other than 0 and 1
    in the binary case.
    """
    if y_true.ndim != 1 or y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError(f"two lists of labels of one length, got {y_true.shape} and {y_pred.shape}")
    if average not in AVERAGES:
        raise ValueError(f"average must be one of {AVERAGES}, got {average!r}")
    classes = np.union1d(y_true, y_pred)
    if average == "binary":
        if not set(classes.tolist()) <= {0, 1}:
            raise ValueError("binary labels must be 0 or 1")
        classes = np.array([1])

    is_true = y_true == classes[:, None]  # (classes, N)
    is_pred = y_pred == classes[:, None]
    counts = np.array([(is_true & is_pred).sum(axis=1), is_pred.sum(axis=1), is_true.sum(axis=1)])
    if average == "micro":
        counts = counts.sum(axis=1, keepdims=True)
    hits, predicted, actual = counts

    scores = (
        ratio(hits, predicted, zero_division),
        ratio(hits, actual, zero_division),
        ratio(2 * hits, predicted + actual, zero_division),  # 2TP + FP + FN, counted from both sides
    )
    weights = actual if average == "weighted" else None
    precision, recall, f1 = (float(np.average(score, weights=weights)) for score in scores)
    return precision, recall, f1
