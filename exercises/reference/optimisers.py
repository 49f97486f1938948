"""Steps of optimisers in NumPy."""

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
    """Step `t`, from 1, of Adam (Kingma and Ba, 2015) with L2, or of AdamW (Loshchilov and Hutter, 2019).

    Weights w, gradient g and moments m, v of one shape; gives new w, m and v, the moments not bias-corrected.
    Decoupled decay takes lr * wd * w off the weights before the step; L2 adds wd * w to the gradient. Raises
    ValueError for different shapes, t below 1, and b1 or b2 outside [0, 1).
    """
    w, g, m, v = (np.asarray(array) for array in (w, g, m, v))
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError(f"w, g, m, v must have one shape, not {w.shape}, {g.shape}, {m.shape}, {v.shape}")
    if t < 1:
        raise ValueError(f"t counts from 1, not {t!r:.40}")
    for name, value in (("b1", b1), ("b2", b2)):
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be from 0 to below 1, not {value!r:.40}")
    if not decoupled:
        g = g + wd * w
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    step = lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return w - step - (lr * wd * w if decoupled else 0), m, v
