import numpy as np


def conv1d_text(emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Convolve emb (N, L, D) with filters w (F, D, k) over the tokens, add b (F,), ReLU, maximum over time.

    Windows that touch a token whose mask (N, L) is False do not count. Returns (N, F) in the dtype of emb.
    Raises ValueError for bad input.
    """
    raise NotImplementedError
