"""Backward passes of layers in NumPy: gradients with respect to inputs and parameters from the output's.

`dout` is the gradient of a number with respect to the layer's output. What comes back are sums over batch and
positions, not averages.
"""

import numpy as np

from exercises.reference.batchnorm import batch_norm
from exercises.reference.checking import Pair, pair, rank
from exercises.reference.convolution import padded, windows


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dw and db of `conv2d` with one group, with the shapes of x, of w and (C_out,).

    dout (N, C_out, H_out, W_out), x (N, C_in, H, W), w (C_out, C_in, kh, kw). Each output is a sum over the
    entries of its window, so dw collects windows weighted by dout, and dx scatters w, weighted by dout, back
    to the windows (Dumoulin and Visin, 2016, chapter 4). Raises ValueError as `conv2d` does, and where dout
    does not have the shape of the output.
    """
    x, w = rank("x", x, "N, C_in, H, W"), rank("w", w, "C_out, C_in, kh, kw")
    if w.shape[1] != x.shape[1]:
        raise ValueError(f"w has depth {w.shape[1]}, x has {x.shape[1]} channels")
    stride, padding = pair("stride", stride, 1), pair("padding", padding, 0)
    dilation = pair("dilation", dilation, 1)
    framed = padded(x, (padding[0],) * 2, (padding[1],) * 2)
    view = windows(framed, w.shape[2:], stride, dilation)
    dout = _of_shape("dout", dout, (len(x), len(w), *view.shape[2:4]))

    dw = np.tensordot(dout, view, axes=((0, 2, 3), (0, 2, 3)))
    shares = np.tensordot(w, dout, axes=((0,), (1,)))  # (C_in, kh, kw, N, H_out, W_out)
    dframed = np.zeros_like(framed)
    for a, b in np.ndindex(*w.shape[2:]):
        cells = _taps(dframed, (a, b), view.shape[2:4], stride, dilation)
        cells += shares[:, a, b].transpose(1, 0, 2, 3)
    dx = dframed[:, :, padding[0] : padding[0] + x.shape[2], padding[1] : padding[1] + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: Pair, stride: Pair | None = None
) -> np.ndarray:
    """dx (N, C, H, W) of `max_pool2d` without padding, in the dtype of dout (N, C, H_out, W_out).

    The first largest cell of each window, in row order, receives the window's gradient: one choice among the
    subgradients where cells are equal, and PyTorch's. Raises ValueError as `max_pool2d` does, and where dout
    does not have the shape of the output.
    """
    x, kernel = rank("x", x, "N, C, H, W"), pair("kernel", kernel, 1)
    stride = kernel if stride is None else pair("stride", stride, 1)
    view = windows(x, kernel, stride, (1, 1))
    dout = _of_shape("dout", dout, view.shape[:4])
    winner = view.reshape(*view.shape[:4], -1).argmax(axis=-1)
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for number, offset in enumerate(np.ndindex(*kernel)):
        cells = _taps(dx, offset, view.shape[2:4], stride, (1, 1))
        cells += np.where(winner == number, dout, 0)
    return dx


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p: float, training: bool) -> np.ndarray:
    """dx of `dropout`, whose mask this is: dout * mask / (1 - p) while training, dout in evaluation.

    Both arrays of one shape; gives that shape in the dtype of dout, zeros for p = 1. Raises ValueError for
    another shape of the mask and for p outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p!r:.40}")
    dout = np.asarray(dout)
    mask = _of_shape("mask", mask, dout.shape)
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    return np.where(mask, dout / (1 - p), 0).astype(dout.dtype, copy=False)


def batch_norm_backward(
    dout: np.ndarray,
    x: np.ndarray,
    gamma: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx, dgamma and dbeta of `batch_norm`, with the shapes of x (N, C, H, W) and twice (C,).

    While training the batch's mean and variance depend on x: with n = N*H*W and h the normalised x,
    dx = gamma/std * (dout - sum(dout)/n - h * sum(dout*h)/n) (Ioffe and Szegedy, 2015, section 3). In
    evaluation they are constants and dx = gamma/std * dout. Raises ValueError as `batch_norm` does, and where
    dout does not have the shape of x.
    """
    x = rank("x", x, "N, C, H, W")
    dout = _of_shape("dout", dout, x.shape)
    unit, zero = np.ones_like(gamma), np.zeros_like(gamma)
    normalised = batch_norm(x, unit, zero, running_mean, running_var, training, eps=eps)[0]
    dgamma, dbeta = (dout * normalised).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    var = x.var(axis=(0, 2, 3)) if training else np.asarray(running_var)
    scale = np.asarray(gamma) / np.sqrt(var + eps)
    if training:
        count = x.size // x.shape[1]
        through_mean, through_var = (total[:, None, None] / count for total in (dbeta, dgamma))
        dout = dout - through_mean - normalised * through_var
    dx = scale[:, None, None] * dout
    return dx.astype(x.dtype, copy=False), dgamma, dbeta


def _of_shape(name: str, array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The argument as an array of exactly this shape."""
    array = np.asarray(array)
    if array.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {tuple(shape)}, not {array.shape}")
    return array


def _taps(
    x: np.ndarray,
    offset: tuple[int, ...],
    count: tuple[int, ...],
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> np.ndarray:
    """What tap `offset` of the kernel meets in all windows: a view (N, C, H_out, W_out) of x (N, C, H, W)."""
    rows, columns = (
        slice(tap * d, tap * d + (size - 1) * s + 1, s)
        for tap, size, s, d in zip(offset, count, stride, dilation, strict=True)
    )
    return x[:, :, rows, columns]
