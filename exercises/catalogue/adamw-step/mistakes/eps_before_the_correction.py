"""You added eps to the root of the uncorrected moment and corrected afterwards.

The correction then rescales eps as well, by the root of 1 - b2^t, which makes it larger than asked for
in the early steps. Correct v first, then take the root and add eps.
"""

import numpy as np


def check(w, g, m, v, t, b1, b2):
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError("w, g, m and v must have one shape")
    if t < 1:
        raise ValueError("t counts from 1")
    if not 0 <= b1 < 1 or not 0 <= b2 < 1:
        raise ValueError("b1 and b2 must lie in [0, 1)")


def adamw_step(w, g, m, v, t, lr, b1, b2, eps, wd, decoupled):
    check(w, g, m, v, t, b1, b2)
    if not decoupled:
        g = g + wd * w
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    new = w - lr * m_hat / ((np.sqrt(v) + eps) / np.sqrt(1 - b2**t))
    if decoupled:
        new = new - lr * wd * w
    return new, m, v
