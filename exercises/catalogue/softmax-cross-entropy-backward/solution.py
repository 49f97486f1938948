import numpy as np


def softmax_xent(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of logits (N, K) with class indices labels (N,), and its gradient.

    Returns the loss, and the gradient (N, K) in the dtype of logits. Raises ValueError for bad input.
    """
    if logits.ndim != 2 or len(logits) == 0:
        raise ValueError(f"logits must be (N, K) with at least one row, got shape {logits.shape}")
    samples, classes = len(logits), logits.shape[1]
    if labels.shape != (samples,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be {samples} integers, got shape {labels.shape} of {labels.dtype}")
    if (labels < 0).any() or (labels >= classes).any():
        raise ValueError(f"labels must lie from 0 to {classes - 1}")

    # Shifted by its largest value, each row holds a 0, so that its sum of exponentials lies from 1 to K.
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(samples)
    loss = -log_p[rows, labels].mean()

    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return float(loss), gradient / samples
