"""You wrote a strided convolution: your output is smaller than the input, not larger.

Turn the roles around. A convolution reads a patch for each output; its adjoint writes a patch for each
**input**, and neighbouring inputs write `stride` apart.
"""

import numpy as np


def conv_transpose2d(x, w, stride=1, padding=0, output_padding=0):
    if x.ndim != 4 or w.ndim != 4 or w.shape[0] != x.shape[1]:
        raise ValueError("x and w need four axes and must agree in the input channels")
    if stride < 1 or padding < 0:
        raise ValueError("stride must be at least 1, padding at least 0")
    if output_padding < 0 or output_padding >= stride:
        raise ValueError("output_padding must be from 0 to stride - 1")
    n, _, height, width = x.shape
    _, c_out, kh, kw = w.shape
    kernel = w.transpose(1, 0, 2, 3)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    h_out = (height + 2 * padding - kh) // stride + 1 + output_padding
    w_out = (width + 2 * padding - kw) // stride + 1 + output_padding
    if height + 2 * padding < kh or width + 2 * padding < kw:
        raise ValueError("the kernel does not fit")
    y = np.zeros((n, c_out, h_out, w_out), dtype=x.dtype)
    for i in range(h_out - output_padding):
        for j in range(w_out - output_padding):
            patch = xp[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = np.einsum("nmab,omab->no", patch, kernel)
    return y
