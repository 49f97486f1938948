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
    """One step of Adam on weights w with gradient g, with decoupled weight decay or with L2.

    All tensors have one shape. Returns the new weights and both moments on their device, none of them
    bias-corrected. Raises ValueError for shapes that differ, t below 1, and b1 or b2 outside [0, 1).
    """
    w, g, m, v = (torch.as_tensor(values) for values in (w, g, m, v))
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError(f"one shape is needed, got {w.shape}, {g.shape}, {m.shape} and {v.shape}")
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    if not (0 <= b1 < 1 and 0 <= b2 < 1):
        raise ValueError(f"b1 and b2 must lie in [0, 1), got {b1} and {b2}")
    if not decoupled:
        g = g.add(w, alpha=wd)  # a new tensor: the caller keeps its gradient
    m = m.lerp(g, 1 - b1)
    v = b2 * v + (1 - b2) * g * g
    step = m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
    if decoupled:
        step.add_(w, alpha=wd)
    return w - lr * step, m, v
