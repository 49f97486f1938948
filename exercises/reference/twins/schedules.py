"""PyTorch twins of learning rate schedules: its own schedulers, run up to a step."""

import torch
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler


def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    """See `exercises.reference.lr_at`; one-cycle needs rates above 0 and a warmup of at least 1."""
    start = peak if kind in ("restarts", "warmup_cosine") else base
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=start)
    scheduler = _scheduler(optimiser, total, kind, base, peak, final, warmup)
    for _ in range(step):
        optimiser.step()
        scheduler.step()
    return float(optimiser.param_groups[0]["lr"])


def _scheduler(
    optimiser: torch.optim.SGD, total: int, kind: str, base: float, peak: float, final: float, warmup: int
) -> LRScheduler:
    if kind == "constant":
        return lr_scheduler.ConstantLR(optimiser, factor=1.0)
    if kind == "step":
        return lr_scheduler.StepLR(optimiser, step_size=warmup, gamma=0.1)
    if kind == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimiser, T_max=total, eta_min=final)
    if kind == "restarts":
        return lr_scheduler.CosineAnnealingWarmRestarts(optimiser, T_0=warmup, eta_min=final)
    if kind == "warmup_cosine":
        # LinearLR refuses to start from zero, which is what the paper and most training scripts do.
        rise = lr_scheduler.LambdaLR(optimiser, lambda step: step / warmup)
        fall = lr_scheduler.CosineAnnealingLR(optimiser, T_max=total - warmup, eta_min=final)
        return lr_scheduler.SequentialLR(optimiser, [rise, fall], milestones=[warmup])
    return lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=peak,
        total_steps=total + 1,
        pct_start=(warmup + 1) / (total + 1),
        anneal_strategy="cos" if kind == "one_cycle" else "linear",
        cycle_momentum=False,
        div_factor=peak / base,
        final_div_factor=base / final,
    )
