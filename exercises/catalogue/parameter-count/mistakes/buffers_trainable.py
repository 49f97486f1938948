"""You counted the running mean and variance of batch norm as trainable.

No gradient reaches them: they are updated by averaging, not by the optimizer. They belong to `buffers` only,
so that a batch norm over C channels has 2C trainable values and 2C buffers.
"""

from math import prod
from typing import Any

Layer = dict[str, Any]
Shape = tuple[int, ...]
NAMES = ("weights", "biases", "trainable", "buffers")


def as_pair(value: int | tuple[int, int]) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def at_least_one(layer: Layer, name: str, default: int | None = None) -> int:
    value = layer.get(name, default)
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return value


def needs_image(shape: Shape, kind: str) -> None:
    if len(shape) != 3:
        raise ValueError(f"{kind} needs (C, H, W), got {shape}")


def window_sizes(shape: Shape, layer: Layer, pooling: bool) -> Shape:
    """Height and width after a convolution or pooling with these settings."""
    needs_image(shape, layer["type"])
    kernel = as_pair(layer["kernel"])
    stride = as_pair(layer.get("stride", kernel if pooling else 1))
    padding = as_pair(layer.get("padding", 0))
    if min(kernel + stride) < 1 or min(padding) < 0:
        raise ValueError(f"kernel {kernel}, stride {stride} or padding {padding} makes no sense")
    sizes = []
    for n, k, s, p in zip(shape[1:], kernel, stride, padding, strict=True):
        if pooling and 2 * p > k:
            raise ValueError(f"padding {p} is more than half of the kernel {k}")
        if k > n + 2 * p:
            raise ValueError(f"a kernel of {k} does not fit into {n} with padding {p}")
        sizes.append((n + 2 * p - k) // s + 1)
    return tuple(sizes)


def conv(shape: Shape, layer: Layer) -> tuple[Shape, int, int, int]:
    sizes = window_sizes(shape, layer, pooling=False)
    out, groups = at_least_one(layer, "out_channels"), at_least_one(layer, "groups", 1)
    if shape[0] % groups or out % groups:
        raise ValueError(f"{groups} groups do not divide {shape[0]} and {out} channels")
    weights = out * (shape[0] // groups) * prod(as_pair(layer["kernel"]))
    return (out, *sizes), weights, out if layer.get("bias", True) else 0, 0


def dense(shape: Shape, layer: Layer) -> tuple[Shape, int, int, int]:
    if len(shape) != 1:
        raise ValueError(f"dense needs a flat input, got {shape}")
    out = at_least_one(layer, "out_features")
    return (out,), out * shape[0], out if layer.get("bias", True) else 0, 0


def step(shape: Shape, layer: Layer) -> tuple[Shape, int, int, int]:
    """The shape after a layer, and its weights, biases and buffers. Raises ValueError."""
    kind = layer["type"]
    if kind == "conv":
        return conv(shape, layer)
    if kind == "dense":
        return dense(shape, layer)
    if kind == "batch_norm":
        affine = shape[0] if layer.get("affine", True) else 0
        return shape, affine, affine, 2 * shape[0]
    if kind in ("max_pool", "avg_pool"):
        shape = (shape[0], *window_sizes(shape, layer, pooling=True))
    elif kind == "global_pool":
        needs_image(shape, kind)
        shape = (shape[0], 1, 1)
    elif kind == "flatten":
        shape = (prod(shape),)
    elif kind not in ("relu", "dropout"):
        raise ValueError(f"unknown type {kind!r}")
    return shape, 0, 0, 0


def count_params(input_shape: tuple[int, int, int], layers: list[Layer]) -> dict[str, Any]:
    """Weights, biases, trainable parameters and buffers of each layer and in total.

    Returns {"layers": [row, ...], "total": row}. Raises ValueError for a layer that is impossible.
    """
    shape, rows = input_shape, []
    for layer in layers:
        shape, weights, biases, buffers = step(shape, layer)
        rows.append(dict(zip(NAMES, (weights, biases, weights + biases + buffers, buffers), strict=True)))
    return {"layers": rows, "total": {name: sum(row[name] for row in rows) for name in NAMES}}
