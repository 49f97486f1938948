"""Your results are float64 whatever the dtype of the argument is.

`np.zeros(shape)` is float64 unless you pass a dtype. The matrix of columns is the largest array of the
layer, and yours takes twice the memory that float32 needs.
"""

import numpy as np


def pair(name, value, least):
    values = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if min(values) < least:
        raise ValueError(f"{name} must be at least {least}")
    return values


def fits(size, k, s, p, d):
    room = size + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError("no window fits into the padded image")
    return room // s + 1


def settings(height, width, kernel, stride, padding, dilation):
    kh, kw = pair("kernel", kernel, 1)
    sh, sw = pair("stride", stride, 1)
    ph, pw = pair("padding", padding, 0)
    dh, dw = pair("dilation", dilation, 1)
    h_out, w_out = fits(height, kh, sh, ph, dh), fits(width, kw, sw, pw, dw)
    return kh, kw, sh, sw, ph, pw, dh, dw, h_out, w_out


def im2col(x, kernel, stride=1, padding=0, dilation=1):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    n, c, height, width = x.shape
    kh, kw, sh, sw, ph, pw, dh, dw, h_out, w_out = settings(height, width, kernel, stride, padding, dilation)
    framed = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = np.zeros((n, c, kh, kw, h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
            columns = slice(j * sw, j * sw + dw * (kw - 1) + 1, dw)
            cols[:, :, :, :, i, j] = framed[:, :, rows, columns]
    return cols.reshape(n, c * kh * kw, h_out * w_out)


def col2im(cols, shape, kernel, stride=1, padding=0, dilation=1):
    if len(shape) != 4:
        raise ValueError("shape needs four entries")
    n, c, height, width = shape
    kh, kw, sh, sw, ph, pw, dh, dw, h_out, w_out = settings(height, width, kernel, stride, padding, dilation)
    if cols.shape != (n, c * kh * kw, h_out * w_out):
        raise ValueError("the columns do not belong to an image of this shape")
    patches = cols.reshape(n, c, kh, kw, h_out, w_out)
    framed = np.zeros((n, c, height + 2 * ph, width + 2 * pw))
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * sh, i * sh + dh * (kh - 1) + 1, dh)
            columns = slice(j * sw, j * sw + dw * (kw - 1) + 1, dw)
            framed[:, :, rows, columns] += patches[:, :, :, :, i, j]
    return framed[:, :, ph : ph + height, pw : pw + width]


def conv2d(x, w, stride=1, padding=0, dilation=1):
    if x.ndim != 4 or w.ndim != 4 or w.shape[1] != x.shape[1]:
        raise ValueError("the filters do not fit the images")
    n, _, height, width = x.shape
    c_out, _, kh, kw = w.shape
    *_, h_out, w_out = settings(height, width, (kh, kw), stride, padding, dilation)
    y = w.reshape(c_out, -1) @ im2col(x, (kh, kw), stride, padding, dilation)
    return y.reshape(n, c_out, h_out, w_out)
