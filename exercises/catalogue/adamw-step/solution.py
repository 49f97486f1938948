import numpy as np


def adamw_step(
    w: np.ndarray,
    g: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    lr: float,
    b1: float,
    b2: float,
    eps: float,
    wd: float,
    decoupled: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of Adam on weights w with gradient g, with decoupled weight decay or with L2.

    All arrays have one shape. Returns the new weights and both moments, none of them bias-corrected. Raises
    ValueError for shapes that differ, t below 1, and b1 or b2 outside [0, 1).
    """
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError(f"one shape is needed, got {w.shape}, {g.shape}, {m.shape} and {v.shape}")
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    if not (0 <= b1 < 1 and 0 <= b2 < 1):
        raise ValueError(f"b1 and b2 must lie in [0, 1), got {b1} and {b2}")
    if not decoupled:
        g = g + wd * w  # a new array: the caller keeps its gradient
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    step = m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
    if decoupled:
        step += wd * w
    return w - lr * step, m, v
