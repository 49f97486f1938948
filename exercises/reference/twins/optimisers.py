"""PyTorch twins of optimiser steps."""

import torch


def adamw_step(
    w: torch.Tensor,
    g: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    t: int,
    lr: float,
    b1: float,
    b2: float,
    eps: float,
    wd: float,
    decoupled: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """See `exercises.reference.adamw_step`; a step of PyTorch's own optimiser, given this state."""
    parameter = torch.nn.Parameter(w.clone())
    parameter.grad = g.clone()
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    optimiser = kind([parameter], lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd)
    optimiser.state[parameter] = {
        "step": torch.tensor(float(t - 1)),
        "exp_avg": m.clone(),
        "exp_avg_sq": v.clone(),
    }
    optimiser.step()
    state = optimiser.state[parameter]
    return parameter.detach(), state["exp_avg"], state["exp_avg_sq"]
