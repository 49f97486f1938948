"""Cross-correlation layers in NumPy, as deep learning calls convolution: the kernel is not flipped.

True convolution of two arrays is here as well, for comparison.
"""

import numpy as np

from exercises.reference.arithmetic import conv_output_size, effective_kernel
from exercises.reference.checking import Pair, pair, rank


def windows(
    x: np.ndarray, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> np.ndarray:
    """A read-only view of every window of padded `x` (N, C, H, W): shape (N, C, H_out, W_out, kh, kw).

    Raises ValueError where the dilated kernel does not fit.
    """
    out = [
        conv_output_size(n, k, s, 0, d)
        for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)
    ]
    n_step, c_step, *steps = x.strides
    moves = [step * s for step, s in zip(steps, stride, strict=True)]
    taps = [step * d for step, d in zip(steps, dilation, strict=True)]
    return np.lib.stride_tricks.as_strided(
        x, (*x.shape[:2], *out, *kernel), (n_step, c_step, *moves, *taps), writeable=False
    )


def padded(x: np.ndarray, rows: tuple[int, int], columns: tuple[int, int], value: float = 0) -> np.ndarray:
    """`x` (N, C, H, W) with `value` before and after its rows and columns.

    As np.pad, which takes twenty times as long for the small arrays of a check.
    """
    n, c, height, width = x.shape
    out = np.full((n, c, sum(rows) + height, sum(columns) + width), value, dtype=x.dtype)
    out[:, :, rows[0] : rows[0] + height, columns[0] : columns[0] + width] = x
    return out


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Forward pass of a 2-D convolution layer.

    x (N, C_in, H, W), w (C_out, C_in/groups, kh, kw), b (C_out,) or None; gives (N, C_out, H_out, W_out) with
    y[n, o, i, j] = b[o] + sum over c, u, v of w[o, c, u, v] * x[n, g(o) + c, i*s + u*d - p, j*s + v*d - p].
    Raises ValueError for wrong ranks, groups that do not divide the channels, weights of another depth, and
    kernels larger than the padded input.
    """
    x, w = rank("x", x, "N, C, H, W"), rank("w", w, "C_out, C_in/groups, kh, kw")
    stride, padding, dilation = (
        pair("stride", stride, 1),
        pair("padding", padding, 0),
        pair("dilation", dilation, 1),
    )
    _check_groups(x.shape[1], w.shape, groups)
    bias = _bias(b, w.shape[0])
    framed = padded(x, (padding[0],) * 2, (padding[1],) * 2)
    view = windows(framed, w.shape[2:], stride, dilation)
    n, c, height, width = view.shape[:4]
    columns = view.reshape(n, groups, c // groups, height, width, *w.shape[2:])
    columns = columns.transpose(0, 1, 2, 5, 6, 3, 4).reshape(n, groups, -1, height * width)
    y = w.reshape(groups, w.shape[0] // groups, -1) @ columns
    y = y.reshape(n, w.shape[0], height, width)
    return y if bias is None else y + bias[:, None, None]


def conv2d_single(
    x: np.ndarray, f: np.ndarray, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """One filter over one channels-last image.

    x (H, W, C), f (kh, kw, C); gives (H_out, W_out). Raises ValueError as `conv2d` does.
    """
    x, f = rank("x", x, "H, W, C"), rank("f", f, "kh, kw, C")
    image, weights = x.transpose(2, 0, 1)[None], f.transpose(2, 0, 1)[None]
    return conv2d(image, weights, None, stride=stride, padding=padding)[0, 0] + bias


def correlate2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Cross-correlation of one image with one kernel where the kernel lies wholly inside.

    x (H, W), k (kh, kw); gives (H-kh+1, W-kw+1) with y[i, j] = sum over a, b of k[a, b] * x[i+a, j+b]. Raises
    ValueError for wrong ranks, empty arrays, and kernels larger than the image.
    """
    x, k = rank("x", x, "H, W"), rank("k", k, "kh, kw")
    return conv2d(x[None, None], k[None, None])[0, 0]


def convolve2d(x: np.ndarray, k: np.ndarray) -> np.ndarray:
    """True convolution: `correlate2d` with the kernel turned by 180 degrees. The same shapes and errors."""
    return correlate2d(x, rank("k", k, "kh, kw")[::-1, ::-1])


def expand_kernel(k: np.ndarray, d: Pair) -> np.ndarray:
    """The kernel that does in an ordinary convolution what `k` does with dilation `d`, as a new array.

    k (kh, kw); gives (d*(kh-1) + 1, d*(kw-1) + 1) with k[a, b] at (a*d, b*d) and zeros elsewhere. Raises
    ValueError for another rank, an empty kernel, and d below 1.
    """
    k, steps = rank("k", k, "kh, kw"), pair("d", d, 1)
    out = np.zeros([effective_kernel(n, step) for n, step in zip(k.shape, steps, strict=True)], dtype=k.dtype)
    out[:: steps[0], :: steps[1]] = k
    return out


def _check_groups(c_in: int, weights: tuple[int, ...], groups: int) -> None:
    if isinstance(groups, bool) or not isinstance(groups, (int, np.integer)) or groups < 1:
        raise ValueError(f"groups must be an integer of at least 1, not {groups!r:.60}")
    if c_in % groups or weights[0] % groups:
        raise ValueError(f"groups {groups} must divide {c_in} input and {weights[0]} output channels")
    if weights[1] != c_in // groups:
        raise ValueError(
            f"w has depth {weights[1]}; {c_in} channels in {groups} groups need {c_in // groups}"
        )


def _bias(b: np.ndarray | None, c_out: int) -> np.ndarray | None:
    if b is None:
        return None
    b = np.asarray(b)
    if b.shape != (c_out,):
        raise ValueError(f"b must have shape ({c_out},), not {b.shape}")
    return b
