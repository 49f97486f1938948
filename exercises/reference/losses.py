"""Losses of classifiers, with their gradients, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of softmax(logits) and class indices, and its gradient with respect to the logits.

    logits (N, K) of floats, labels (N,) of integers; gives a number and an array (N, K) of the dtype of the
    logits: (softmax - one-hot) / N (Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.2.2).
    Stable for any finite logits, by log-sum-exp with the largest one taken out. Raises ValueError for other
    shapes, an empty batch, labels of no integer dtype and labels outside 0..K-1.
    """
    logits = rank("logits", logits, "N, K")
    labels = class_indices(labels, *logits.shape)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(logits))
    loss = -log_softmax[rows, labels].mean()
    gradient = np.exp(log_softmax)
    gradient[rows, labels] -= 1
    return float(loss), gradient / len(logits)


def class_indices(labels: np.ndarray, count: int, classes: int) -> np.ndarray:
    """`count` labels from 0 to classes - 1, as an array. Raises ValueError for anything else."""
    labels = np.asarray(labels)
    if labels.shape != (count,):
        raise ValueError(f"labels must have shape ({count},), not {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be integers, not {labels.dtype}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}")
    return labels
