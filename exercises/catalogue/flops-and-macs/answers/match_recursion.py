"""One recursive function with a match statement on the type."""

from math import prod
from typing import Any

KEYS = ("macs", "flops", "activations", "comparisons")


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def at_least(bound: int, *values: int) -> None:
    for value in values:
        if value < bound:
            raise ValueError(f"{value} is below {bound}")


def window_output(layer: dict[str, Any], shape: tuple[int, ...], stride: Any) -> tuple[int, ...]:
    """Height and width after a convolution or a pooling."""
    kernel, stride = pair(layer["kernel"]), pair(stride)
    padding, dilation = pair(layer.get("padding", 0)), pair(layer.get("dilation", 1))
    at_least(1, *kernel, *stride, *dilation)
    at_least(0, *padding)
    size = []
    for n, k, s, p, d in zip(shape[1:], kernel, stride, padding, dilation, strict=True):
        effective = d * (k - 1) + 1
        if effective > n + 2 * p:
            raise ValueError(f"a kernel of {effective} does not fit into {n + 2 * p}")
        size.append((n + 2 * p - effective) // s + 1)
    return tuple(size)


def transposed_output(layer: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Height and width after a transposed convolution."""
    kernel, stride = pair(layer["kernel"]), pair(layer.get("stride", 1))
    padding, dilation = pair(layer.get("padding", 0)), pair(layer.get("dilation", 1))
    output_padding = pair(layer.get("output_padding", 0))
    at_least(1, *kernel, *stride, *dilation)
    at_least(0, *padding, *output_padding)
    size = []
    for n, k, s, p, d, q in zip(shape[1:], kernel, stride, padding, dilation, output_padding, strict=True):
        if q >= max(s, d):
            raise ValueError(f"an output padding of {q} is not below stride or dilation")
        size.append((n - 1) * s - 2 * p + d * (k - 1) + 1 + q)
    at_least(1, *size)
    return tuple(size)


def run_layer(shape: tuple[int, ...], layer: dict[str, Any]) -> tuple[tuple[int, ...], dict[str, int]]:
    """Shape after the layer, and its row."""
    kind = layer["type"]
    spatial = ("conv", "conv_transpose", "max_pool", "avg_pool", "global_pool")
    if kind in spatial and len(shape) != 3:
        raise ValueError(f"{kind} of a flat input")
    macs = comparisons = inner_activations = 0
    match kind:
        case "conv" | "conv_transpose":
            out_channels, groups = layer["out_channels"], layer.get("groups", 1)
            at_least(1, out_channels, groups)
            if shape[0] % groups or out_channels % groups:
                raise ValueError(f"{groups} groups of {shape[0]} and {out_channels} channels")
            taps = prod(pair(layer["kernel"]))
            if kind == "conv":
                after = (out_channels, *window_output(layer, shape, layer.get("stride", 1)))
                macs = prod(after) * (shape[0] // groups) * taps
            else:
                after = (out_channels, *transposed_output(layer, shape))
                macs = prod(shape) * (out_channels // groups) * taps
        case "dense":
            if len(shape) != 1:
                raise ValueError("dense of an input that is not flat")
            at_least(1, layer["out_features"])
            after = (layer["out_features"],)
            macs = shape[0] * after[0]
        case "max_pool" | "avg_pool":
            kernel, padding = pair(layer["kernel"]), pair(layer.get("padding", 0))
            after = (shape[0], *window_output(layer, shape, layer.get("stride", kernel)))
            if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
                raise ValueError("the padding is more than half of the kernel")
            if kind == "max_pool":
                comparisons = prod(after) * (prod(kernel) - 1)
        case "global_pool":
            after = (shape[0], 1, 1)
        case "flatten":
            after = (prod(shape),)
        case "relu":
            after = shape
            comparisons = prod(shape)
        case "batch_norm":
            after = shape
        case "residual":
            ends = []
            for branch in (layer["body"], layer.get("shortcut", [])):
                end = shape
                for inner in branch:
                    end, row = run_layer(end, inner)
                    macs += row["macs"]
                    comparisons += row["comparisons"]
                    inner_activations += row["activations"]
                ends.append(end)
            after, shortcut = ends
            if after != shortcut:
                raise ValueError(f"the body ends in {after}, the shortcut in {shortcut}")
        case _:
            raise ValueError(f"unknown type {kind!r}")
    activations = inner_activations + prod(after)
    return after, dict(zip(KEYS, (macs, 2 * macs, activations, comparisons), strict=True))


def count_macs(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """MACs, FLOPs, stored activations and comparisons of each layer and in total, for one image."""
    shape = tuple(input_shape)
    rows = []
    for index, layer in enumerate(layers):
        try:
            shape, row = run_layer(shape, layer)
        except ValueError as error:
            raise ValueError(f"layer {index}: {error}") from None
        rows.append(row)
    return {"layers": rows, "total": {key: sum(row[key] for row in rows) for key in KEYS}}
