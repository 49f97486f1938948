"""You fed the output of the body to the shortcut.

Both branches start from the **input** of the residual layer. See it on a block with stride 2: your shortcut
halves the size once more.
"""

from math import prod
from typing import Any

Layer = dict[str, Any]
Shape = tuple[int, ...]
Row = dict[str, int]
NAMES = ("macs", "flops", "activations", "comparisons")


def as_pair(value: int | tuple[int, int]) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def setting(layer: Layer, name: str, default: Any, least: int) -> tuple[int, ...]:
    """A setting as a pair. Raises ValueError for an entry below `least`."""
    value = as_pair(layer.get(name, default))
    if min(value) < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return value


def needs_image(shape: Shape, kind: str) -> None:
    if len(shape) != 3:
        raise ValueError(f"{kind} needs (C, H, W), got {shape}")


def window_size(n: int, extent: int, stride: int, padding: int) -> int:
    if extent > n + 2 * padding:
        raise ValueError(f"a kernel of {extent} does not fit into {n} with padding {padding}")
    return (n + 2 * padding - extent) // stride + 1


def transposed_size(n: int, extent: int, stride: int, padding: int, extra: int, dilation: int) -> int:
    if extra >= max(stride, dilation):
        raise ValueError(f"an output_padding of {extra} is too large")
    size = (n - 1) * stride - 2 * padding + extent + extra
    if size < 1:
        raise ValueError(f"a size of {size} is left")
    return size


def convolution(shape: Shape, layer: Layer) -> tuple[Shape, int]:
    """Shape after a convolution, transposed or not, and its MACs."""
    transposed = layer["type"] == "conv_transpose"
    kernel, dilation = setting(layer, "kernel", None, 1), setting(layer, "dilation", 1, 1)
    stride, padding = setting(layer, "stride", 1, 1), setting(layer, "padding", 0, 0)
    extra = setting(layer, "output_padding", 0, 0)
    (out, _), (groups, _) = setting(layer, "out_channels", None, 1), setting(layer, "groups", 1, 1)
    if shape[0] % groups or out % groups:
        raise ValueError(f"{groups} groups do not divide {shape[0]} and {out} channels")
    sizes = []
    for n, k, s, p, e, d in zip(shape[1:], kernel, stride, padding, extra, dilation, strict=True):
        extent = d * (k - 1) + 1
        sizes.append(transposed_size(n, extent, s, p, e, d) if transposed else window_size(n, extent, s, p))
    positions = shape[1:] if transposed else sizes
    return (out, *sizes), out * shape[0] // groups * prod(kernel) * prod(positions)


def pooling(shape: Shape, layer: Layer) -> tuple[Shape, int]:
    """Shape after a pooling layer, and the comparisons that the maximum of each window takes."""
    kernel, padding = setting(layer, "kernel", None, 1), setting(layer, "padding", 0, 0)
    stride = setting(layer, "stride", kernel, 1)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ValueError(f"padding {padding} is more than half of the kernel {kernel}")
    sizes = [window_size(*axis) for axis in zip(shape[1:], kernel, stride, padding, strict=True)]
    return (shape[0], *sizes), (prod(kernel) - 1) * shape[0] * prod(sizes)


def dense(shape: Shape, layer: Layer) -> tuple[Shape, int]:
    if len(shape) != 1:
        raise ValueError(f"dense needs a flat input, got {shape}")
    out, _ = setting(layer, "out_features", None, 1)
    return (out,), shape[0] * out


def residual(shape: Shape, layer: Layer) -> tuple[Shape, Row]:
    body, after = trace(shape, layer["body"])
    shortcut, other = trace(after, layer.get("shortcut", []))
    if after != other:
        raise ValueError(f"the body ends in {after}, the shortcut in {other}")
    row = total(body + shortcut)
    row["activations"] += prod(after)
    return after, row


def step(shape: Shape, layer: Layer) -> tuple[Shape, Row]:
    """Shape after a layer and its row. Raises ValueError if the layer is impossible."""
    kind, macs, comparisons = layer["type"], 0, 0
    if kind == "residual":
        return residual(shape, layer)
    if kind in ("conv", "conv_transpose", "max_pool", "avg_pool", "global_pool"):
        needs_image(shape, kind)
    if kind in ("conv", "conv_transpose"):
        shape, macs = convolution(shape, layer)
    elif kind == "dense":
        shape, macs = dense(shape, layer)
    elif kind == "max_pool":
        shape, comparisons = pooling(shape, layer)
    elif kind == "avg_pool":
        shape, _ = pooling(shape, layer)
    elif kind == "global_pool":
        shape = (shape[0], 1, 1)
    elif kind == "flatten":
        shape = (prod(shape),)
    elif kind == "relu":
        comparisons = prod(shape)
    elif kind != "batch_norm":
        raise ValueError(f"unknown type {kind!r}")
    return shape, dict(zip(NAMES, (macs, 2 * macs, prod(shape), comparisons), strict=True))


def trace(shape: Shape, layers: list[Layer]) -> tuple[list[Row], Shape]:
    """The rows of layers that run one after the other, and the shape in the end."""
    rows = []
    for layer in layers:
        shape, row = step(shape, layer)
        rows.append(row)
    return rows, shape


def total(rows: list[Row]) -> Row:
    return {name: sum(row[name] for row in rows) for name in NAMES}


def count_macs(input_shape: tuple[int, int, int], layers: list[Layer]) -> dict[str, Any]:
    """MACs, FLOPs, stored activations and comparisons of each layer and in total, for one image.

    Returns {"layers": [row, ...], "total": row}. Raises ValueError with "layer <index>" in its message for a
    layer that is impossible.
    """
    shape, rows = input_shape, []
    for index, layer in enumerate(layers):
        try:
            shape, row = step(shape, layer)
        except ValueError as error:
            raise ValueError(f"layer {index}: {error}") from None
        rows.append(row)
    return {"layers": rows, "total": total(rows)}
