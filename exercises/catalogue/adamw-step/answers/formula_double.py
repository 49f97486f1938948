"""NumPy: the formulas line by line, in float64 inside."""

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
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError("w, g, m and v must have one shape")
    if t < 1:
        raise ValueError("t must be at least 1")
    if not (0 <= b1 < 1 and 0 <= b2 < 1):
        raise ValueError("b1 and b2 must lie in [0, 1)")
    dtype = w.dtype
    w, g, m, v = (x.astype(np.float64) for x in (w, g, m, v))  # copies
    if not decoupled:
        g = g + wd * w
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    update = m_hat / (np.sqrt(v_hat) + eps)
    if decoupled:
        update = update + wd * w
    return (w - lr * update).astype(dtype), m.astype(dtype), v.astype(dtype)
