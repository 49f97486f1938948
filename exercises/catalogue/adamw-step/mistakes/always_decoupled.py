"""You decoupled the decay in both modes.

With `decoupled` False the term wd * w belongs into the gradient, before the moments: it then runs
through both of them and is divided by the root like everything else.
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
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    new = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    new = new - lr * wd * w
    return new, m, v
