"""Strided view of all windows and one einsum per group."""

import numpy as np


def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = (
        v if isinstance(v, tuple) else (v, v) for v in (stride, padding, dilation)
    )
    if x.ndim != 4 or w.ndim != 4 or min(sh, sw, dh, dw, groups) < 1 or min(ph, pw) < 0:
        raise ValueError("bad settings")
    n, channels, height, width = x.shape
    filters, depth, kh, kw = w.shape
    if channels % groups or filters % groups or depth * groups != channels:
        raise ValueError("bad groups")
    if b is not None and b.shape != (filters,):
        raise ValueError("bad bias")
    rows, columns = height + 2 * ph - dh * (kh - 1) - 1, width + 2 * pw - dw * (kw - 1) - 1
    if rows < 0 or columns < 0:
        raise ValueError("kernel too large")
    xp = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw))))
    a, c, h, v = xp.strides
    shape = (n, channels, rows // sh + 1, columns // sw + 1, kh, kw)
    view = np.lib.stride_tricks.as_strided(xp, shape, (a, c, h * sh, v * sw, h * dh, v * dw), writeable=False)
    parts = [
        np.einsum("nmijab,omab->noij", xs, ws, optimize=True)
        for xs, ws in zip(np.split(view, groups, axis=1), np.split(w, groups, axis=0), strict=True)
    ]
    y = np.concatenate(parts, axis=1)
    return (y if b is None else y + b[:, None, None]).astype(x.dtype)
