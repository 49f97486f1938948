import numpy as np


def output_size(size: int, k: int, s: int) -> int:
    """Number of windows along one axis. Raises ValueError where none fits."""
    if size < k:
        raise ValueError(f"a window of {k} does not fit into {size}")
    return (size - k) // s + 1


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Gradient of max pooling with respect to x (N, C, H, W), from that of its output (N, C, H_out, W_out).

    Returns (N, C, H, W) in the dtype of dout. Raises ValueError for bad input.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1:
        raise ValueError(f"kernel and stride must be at least 1, got {kernel} and {stride}")
    h_out, w_out = output_size(x.shape[2], kernel, stride), output_size(x.shape[3], kernel, stride)
    if dout.shape != (*x.shape[:2], h_out, w_out):
        raise ValueError(f"dout has shape {dout.shape}, pooling gives {(*x.shape[:2], h_out, w_out)}")

    def cells(of: np.ndarray, a: int, b: int) -> np.ndarray:
        """Cell (a, b) of every window, as a view."""
        rows = slice(a, a + (h_out - 1) * stride + 1, stride)
        return of[:, :, rows, b : b + (w_out - 1) * stride + 1 : stride]

    offsets = [(a, b) for a in range(kernel) for b in range(kernel)]
    largest = cells(x, 0, 0).copy()
    for a, b in offsets:
        np.maximum(largest, cells(x, a, b), out=largest)

    dx = np.zeros(x.shape, dtype=dout.dtype)
    undecided = np.ones(largest.shape, dtype=bool)  # windows whose winner has not come up yet
    for a, b in offsets:
        wins = undecided & (cells(x, a, b) == largest)
        # One offset meets each cell at most once, so += loses nothing where windows overlap.
        cells(dx, a, b)[...] += dout * wins
        undecided &= ~wins
    return dx
