"""Torch: all windows as a view, one einsum, and minus infinity where a window is not valid."""

import torch
from torch import Tensor


def conv1d_text(emb: Tensor, w: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
    """Scores (N, F, T) of all windows, then ReLU of their maximum over time."""
    emb, w, b = torch.as_tensor(emb), torch.as_tensor(w), torch.as_tensor(b)
    if emb.dim() != 3 or w.dim() != 3:
        raise ValueError("emb must be (N, L, D) and w (F, D, k)")
    if w.shape[1] != emb.shape[2]:
        raise ValueError("the filters do not fit the embeddings")
    if b.shape != w.shape[:1]:
        raise ValueError("b must be (F,)")
    mask = emb.new_ones(emb.shape[:2], dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    if mask.shape != emb.shape[:2]:
        raise ValueError("mask must be (N, L)")
    width = w.shape[2]
    if emb.shape[1] < width:
        raise ValueError("the sentences are shorter than the filters")
    valid = mask.unfold(1, width, 1).all(dim=-1)  # (N, T)
    if not valid.any(dim=1).all():
        raise ValueError("a sentence has no valid window")

    windows = emb.unfold(1, width, 1)  # (N, T, D, k)
    scores = torch.einsum("ntdj,fdj->nft", windows, w) + b[:, None]
    return scores.masked_fill(~valid[:, None], -torch.inf).amax(dim=2).relu()
