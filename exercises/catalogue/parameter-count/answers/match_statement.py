"""One loop over the layers with a match statement on the type."""

from math import prod
from typing import Any


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def sliding_size(
    shape: tuple[int, ...], kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> tuple[int, int]:
    """Height and width after a window has slid over (C, H, W). Raises ValueError if it cannot."""
    if len(shape) != 3:
        raise ValueError("a window needs an input (C, H, W)")
    size = []
    for n, k, s, p in zip(shape[1:], kernel, stride, padding, strict=True):
        if k < 1 or s < 1 or p < 0:
            raise ValueError("kernel and stride have to be at least 1, padding at least 0")
        if k > n + 2 * p:
            raise ValueError(f"a kernel of {k} does not fit into {n + 2 * p}")
        size.append((n + 2 * p - k) // s + 1)
    return size[0], size[1]


def count_params(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights, biases, trainable parameters and buffers of each layer and in total."""
    shape = tuple(input_shape)
    rows = []
    for layer in layers:
        weights = biases = buffers = 0
        match layer["type"]:
            case "conv":
                out_channels, groups = layer["out_channels"], layer.get("groups", 1)
                kernel = pair(layer["kernel"])
                size = sliding_size(
                    shape, kernel, pair(layer.get("stride", 1)), pair(layer.get("padding", 0))
                )
                if out_channels < 1 or groups < 1:
                    raise ValueError("out_channels and groups have to be at least 1")
                if shape[0] % groups or out_channels % groups:
                    raise ValueError(f"{groups} groups divide not both {shape[0]} and {out_channels}")
                weights = out_channels * (shape[0] // groups) * prod(kernel)
                biases = out_channels if layer.get("bias", True) else 0
                shape = (out_channels, *size)
            case "dense":
                if len(shape) != 1:
                    raise ValueError("a dense layer needs a flat input")
                out_features = layer["out_features"]
                if out_features < 1:
                    raise ValueError("out_features has to be at least 1")
                weights = shape[0] * out_features
                biases = out_features if layer.get("bias", True) else 0
                shape = (out_features,)
            case "batch_norm":
                if layer.get("affine", True):
                    weights = biases = shape[0]
                buffers = 2 * shape[0]
            case "max_pool" | "avg_pool":
                kernel = pair(layer["kernel"])
                padding = pair(layer.get("padding", 0))
                size = sliding_size(shape, kernel, pair(layer.get("stride", kernel)), padding)
                if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
                    raise ValueError("the padding is more than half of the kernel")
                shape = (shape[0], *size)
            case "global_pool":
                if len(shape) != 3:
                    raise ValueError("global pooling needs an input (C, H, W)")
                shape = (shape[0], 1, 1)
            case "flatten":
                shape = (prod(shape),)
            case "relu" | "dropout":
                pass
            case unknown:
                raise ValueError(f"unknown type {unknown!r}")
        rows.append({"weights": weights, "biases": biases, "trainable": weights + biases, "buffers": buffers})
    keys = ("weights", "biases", "trainable", "buffers")
    return {"layers": rows, "total": {key: sum(row[key] for row in rows) for key in keys}}
