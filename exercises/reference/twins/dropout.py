"""PyTorch twins of dropout."""

import torch


def dropout(
    x: torch.Tensor, p: float, training: bool, rng: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """See `exercises.reference.dropout`; draws from a torch generator, so its masks differ from NumPy's."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p!r:.40}")
    if not training:
        return x.clone(), torch.ones_like(x, dtype=torch.bool)
    mask = torch.rand(x.shape, generator=rng, device=x.device, dtype=torch.float64) >= p
    scaled = x / (1 - p) if p < 1 else torch.zeros_like(x)
    return torch.where(mask, scaled, torch.zeros_like(x)), mask


def spatial_dropout(x: torch.Tensor, p: float, training: bool, rng: torch.Generator) -> torch.Tensor:
    """See `exercises.reference.spatial_dropout`; as `torch.nn.functional.dropout2d`, but with a generator."""
    kept, _ = dropout(x.new_ones(x.shape[:2]), p, training, rng)
    return x * kept[:, :, None, None]
