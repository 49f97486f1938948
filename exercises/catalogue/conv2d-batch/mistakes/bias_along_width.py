"""You added `b` without giving it the channel axis.

NumPy aligns shapes from the right, so `(C_out,)` is added along the **width**: an error if `W_out` differs
from `C_out`, and silently wrong numbers if it does not. Reshape first: `b.reshape(1, -1, 1, 1)`. See it
with an image of zeros: channel `o` of the output must be `b[o]` everywhere.
"""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def check(x, w, b, stride, padding, dilation, groups):
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError("x and w need four axes")
    if min(stride) < 1 or min(dilation) < 1 or min(padding) < 0 or groups < 1:
        raise ValueError("stride, dilation and groups must be positive, padding not negative")
    if x.shape[1] % groups or w.shape[0] % groups:
        raise ValueError("groups must divide the input and output channels")
    if w.shape[1] != x.shape[1] // groups:
        raise ValueError("w has the wrong depth")
    if b is not None and b.shape != (w.shape[0],):
        raise ValueError("b needs one value per output channel")
    for size, k, p, d in zip(x.shape[2:], w.shape[2:], padding, dilation):
        if d * (k - 1) + 1 > size + 2 * p:
            raise ValueError("the kernel does not fit into the padded input")


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    stride, padding, dilation = pair(stride), pair(padding), pair(dilation)
    check(x, w, b, stride, padding, dilation, groups)
    (sh, sw), (ph, pw), (dh, dw) = stride, padding, dilation
    n, c_in, height, width = x.shape
    c_out, depth, kh, kw = w.shape
    h_out = (height + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    w_out = (width + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros((n, c_out, h_out, w_out), dtype=x.dtype)
    filters = c_out // groups
    for g in range(groups):
        inputs = xp[:, g * depth : (g + 1) * depth]
        outputs = y[:, g * filters : (g + 1) * filters]
        weights = w[g * filters : (g + 1) * filters]
        for a in range(kh):
            for c in range(kw):
                top, left = a * dh, c * dw
                tap = inputs[
                    :, :, top : top + sh * (h_out - 1) + 1 : sh, left : left + sw * (w_out - 1) + 1 : sw
                ]
                outputs += np.einsum("nmij,om->noij", tap, weights[:, :, a, c], optimize=True)
    if b is not None:
        y += b
    return y
