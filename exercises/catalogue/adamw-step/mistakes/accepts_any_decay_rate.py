"""You did not check b1 and b2.

At 1 the moments never change and the correction divides by zero; below 0 or above 1 they are no means.
Raise `ValueError` outside of [0, 1).
"""

import numpy as np


def check(w, g, m, v, t, b1, b2):
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError("w, g, m and v must have one shape")
    if t < 1:
        raise ValueError("t counts from 1")


def adamw_step(w, g, m, v, t, lr, b1, b2, eps, wd, decoupled):
    check(w, g, m, v, t, b1, b2)
    if not decoupled:
        g = g + wd * w
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    new = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    if decoupled:
        new = new - lr * wd * w
    return new, m, v
