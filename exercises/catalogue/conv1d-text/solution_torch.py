import torch
from torch import Tensor


def check(emb: Tensor, w: Tensor, b: Tensor) -> None:
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError(f"emb and w need three axes, got shapes {tuple(emb.shape)} and {tuple(w.shape)}")
    if w.shape[1] != emb.shape[2]:
        raise ValueError(f"filters of depth {w.shape[1]} do not fit embeddings of {emb.shape[2]}")
    if b.shape != w.shape[:1]:
        raise ValueError(f"b needs shape ({w.shape[0]},), got {tuple(b.shape)}")
    if emb.shape[1] < w.shape[2]:
        raise ValueError(f"{emb.shape[1]} tokens are too few for filters over {w.shape[2]}")


def conv1d_text(emb: Tensor, w: Tensor, b: Tensor, mask: Tensor | None = None) -> Tensor:
    """Convolve emb (N, L, D) with filters w (F, D, k) over the tokens, add b (F,), ReLU, maximum over time.

    Windows that touch a token whose mask (N, L) is False do not count. Returns (N, F) in the dtype of emb.
    Raises ValueError for bad input.
    """
    emb, w, b = torch.as_tensor(emb), torch.as_tensor(w), torch.as_tensor(b)
    check(emb, w, b)
    k = w.shape[2]
    scores = torch.einsum("ntdk,fdk->ntf", emb.unfold(1, k, 1), w) + b
    if mask is not None:
        real = torch.as_tensor(mask)
        if real.shape != emb.shape[:2]:
            raise ValueError(f"mask needs shape {tuple(emb.shape[:2])}, got {tuple(real.shape)}")
        valid = real.unfold(1, k, 1).all(dim=2)
        if not valid.any(dim=1).all():
            raise ValueError("a row has no window without padding")
        scores = scores.masked_fill(~valid[:, :, None], -torch.inf)
    return scores.amax(dim=1).relu()
