import numpy as np


def output_size(size: int, k: int, s: int, p: int) -> int:
    """Number of windows along one axis. Raises ValueError where none fits."""
    if size + 2 * p < k:
        raise ValueError(f"a window of {k} does not fit into {size} with padding {p}")
    return (size + 2 * p - k) // s + 1


def avg_pool2d(
    x: np.ndarray,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Average each window of each channel of x (N, C, H, W).

    Returns (N, C, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError(
            f"kernel and stride must be at least 1, padding at least 0; got {kernel}, {stride}, {padding}"
        )
    if 2 * padding > kernel:
        raise ValueError(f"padding {padding} is more than half of the kernel {kernel}")
    h_out = output_size(x.shape[2], kernel, stride, padding)
    w_out = output_size(x.shape[3], kernel, stride, padding)

    margins = ((0, 0), (0, 0), (padding, padding), (padding, padding))

    def window_sums(values: np.ndarray) -> np.ndarray:
        """The sum of each window of values (N, C, H, W), with zeros around them."""
        padded = np.pad(values, margins)
        sums = np.zeros((*values.shape[:2], h_out, w_out), dtype=values.dtype)
        for a in range(kernel):
            for b in range(kernel):
                rows = slice(a, a + (h_out - 1) * stride + 1, stride)
                sums += padded[:, :, rows, b : b + (w_out - 1) * stride + 1 : stride]
        return sums

    if count_include_pad:
        return window_sums(x) / kernel**2
    # The same sums over an image of ones count the cells that lie inside the input.
    return window_sums(x) / window_sums(np.ones((1, 1, *x.shape[2:]), dtype=x.dtype))
