"""PyTorch: windows by unfold, one einsum, maximum over the valid windows."""

import numpy as np
import torch


def conv1d_text(
    emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None
) -> torch.Tensor:
    """Convolve emb (N, L, D) with filters w (F, D, k) over the tokens, add b, ReLU, maximum over time."""
    emb, w, b = torch.as_tensor(emb), torch.as_tensor(w), torch.as_tensor(b)
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError("emb and w must have three axes")
    n, length, d = emb.shape
    f, _, k = w.shape
    if w.shape[1] != d:
        raise ValueError(f"the filters have {w.shape[1]} numbers a token, the embeddings {d}")
    if b.shape != (f,):
        raise ValueError(f"b must have shape ({f},), got {tuple(b.shape)}")
    mask = torch.ones(n, length, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    if mask.shape != (n, length):
        raise ValueError(f"mask must have shape ({n}, {length}), got {tuple(mask.shape)}")
    if length < k:
        raise ValueError(f"{length} tokens are too few for filters of width {k}")
    valid = mask.unfold(1, k, 1).all(dim=2)  # (N, L - k + 1)
    if not valid.any(dim=1).all():
        raise ValueError("a sentence has no valid window")

    scores = torch.einsum("ntdj,fdj->ntf", emb.unfold(1, k, 1), w) + b
    return scores.masked_fill(~valid[:, :, None], -torch.inf).amax(dim=1).relu()
