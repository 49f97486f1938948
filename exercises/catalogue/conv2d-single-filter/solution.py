import numpy as np


def conv2d_single(
    x: np.ndarray,
    f: np.ndarray,
    bias: float = 0.0,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Cross-correlate an image (H, W, C) with one filter (kh, kw, C).

    Returns the response map (H_out, W_out). Raises ValueError for bad input.
    """
    if x.ndim != 3 or f.ndim != 3:
        raise ValueError(f"x and f need three axes, got shapes {x.shape} and {f.shape}")
    if x.shape[2] != f.shape[2]:
        raise ValueError(f"x has {x.shape[2]} channels, f has {f.shape[2]}")
    if stride < 1 or padding < 0:
        raise ValueError(f"stride must be at least 1 and padding at least 0, got {stride} and {padding}")
    height, width, _ = x.shape
    kh, kw, _ = f.shape
    # Compare before dividing: floor division of a negative number would hide a filter that does not fit.
    if kh > height + 2 * padding or kw > width + 2 * padding:
        raise ValueError(f"a {kh}x{kw} filter does not fit into {height}x{width} with padding {padding}")

    h_out = (height + 2 * padding - kh) // stride + 1
    w_out = (width + 2 * padding - kw) // stride + 1
    xp = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    y = np.empty((h_out, w_out), dtype=np.result_type(x, f))
    for i in range(h_out):
        for j in range(w_out):
            top, left = i * stride, j * stride
            window = xp[top : top + kh, left : left + kw]
            y[i, j] = np.sum(window * f) + bias
    return y
