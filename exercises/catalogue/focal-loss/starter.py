import numpy as np


def focal_loss(
    logits: np.ndarray,
    target: np.ndarray,
    gamma: float = 2.0,
    alpha: float | np.ndarray | None = None,
    reduction: str = "mean",
) -> float | np.ndarray:
    """Focal loss of logits (N, K), softmax, or (N,), sigmoid, for integer targets (N,).

    alpha weights the classes, see the statement. Returns (N,) losses for reduction "none", one number for
    "mean" and "sum". With PyTorch, tensors come in and go out. Raises ValueError for bad input.
    """
    raise NotImplementedError
