"""A function for each type, whose keyword arguments are the settings; a cost is a tuple that adds up."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

Shape = tuple[int, ...]
Pair = int | tuple[int, int]


@dataclass(frozen=True)
class Cost:
    """Costs that add up."""

    macs: int = 0
    activations: int = 0
    comparisons: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.macs + other.macs,
            self.activations + other.activations,
            self.comparisons + other.comparisons,
        )

    def row(self) -> dict[str, int]:
        return {
            "macs": self.macs,
            "flops": 2 * self.macs,
            "activations": self.activations,
            "comparisons": self.comparisons,
        }


def require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def by_axis(*settings: Pair) -> list[tuple[int, ...]]:
    """The settings of the height, and those of the width."""
    pairs = [(value, value) if isinstance(value, int) else value for value in settings]
    return list(zip(*pairs, strict=True))


def slide(n: int, k: int, s: int, p: int, d: int = 1) -> int:
    """Size after a convolution or a pooling."""
    require(min(k, s, d) >= 1 and p >= 0, "kernel, stride or dilation below 1, or negative padding")
    room = n + 2 * p - (d * (k - 1) + 1)
    require(room >= 0, f"a kernel of {d * (k - 1) + 1} does not fit into {n + 2 * p}")
    return room // s + 1


def spread(n: int, k: int, s: int, p: int, d: int, q: int) -> int:
    """Size after a transposed convolution."""
    require(min(k, s, d) >= 1 and p >= 0, "kernel, stride or dilation below 1, or negative padding")
    require(0 <= q < max(s, d), f"an output padding of {q}")
    size = (n - 1) * s - 2 * p + d * (k - 1) + 1 + q
    require(size >= 1, f"a size of {size}")
    return size


def check_channels(shape: Shape, out_channels: int, groups: int) -> None:
    require(len(shape) == 3, "a flat input")
    require(out_channels >= 1 and groups >= 1, "out_channels or groups below 1")
    require(shape[0] % groups == 0, f"{groups} groups of {shape[0]} input channels")
    require(out_channels % groups == 0, f"{groups} groups of {out_channels} output channels")


def conv(
    shape: Shape,
    out_channels: int,
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
    bias: bool = True,
) -> tuple[Shape, Cost]:
    check_channels(shape, out_channels, groups)
    axes = by_axis(kernel, stride, padding, dilation)
    out = (out_channels, *(slide(n, *axis) for n, axis in zip(shape[1:], axes, strict=True)))
    taps = prod(axis[0] for axis in axes)
    return out, Cost(macs=prod(out) * (shape[0] // groups) * taps)


def conv_transpose(
    shape: Shape,
    out_channels: int,
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
    bias: bool = True,
    output_padding: Pair = 0,
) -> tuple[Shape, Cost]:
    check_channels(shape, out_channels, groups)
    axes = by_axis(kernel, stride, padding, dilation, output_padding)
    out = (out_channels, *(spread(n, *axis) for n, axis in zip(shape[1:], axes, strict=True)))
    taps = prod(axis[0] for axis in axes)
    return out, Cost(macs=prod(shape) * (out_channels // groups) * taps)


def dense(shape: Shape, out_features: int, bias: bool = True) -> tuple[Shape, Cost]:
    require(len(shape) == 1, "an input that is not flat")
    require(out_features >= 1, "out_features below 1")
    return (out_features,), Cost(macs=shape[0] * out_features)


def avg_pool(shape: Shape, kernel: Pair, stride: Pair | None = None, padding: Pair = 0) -> tuple[Shape, Cost]:
    require(len(shape) == 3, "a flat input")
    axes = by_axis(kernel, kernel if stride is None else stride, padding)
    size = [slide(n, *axis) for n, axis in zip(shape[1:], axes, strict=True)]
    require(all(2 * p <= k for k, _, p in axes), "padding of more than half of the kernel")
    return (shape[0], *size), Cost()


def max_pool(shape: Shape, kernel: Pair, stride: Pair | None = None, padding: Pair = 0) -> tuple[Shape, Cost]:
    out, _ = avg_pool(shape, kernel, stride, padding)
    window = prod(by_axis(kernel)[0] + by_axis(kernel)[1])
    return out, Cost(comparisons=prod(out) * (window - 1))


def global_pool(shape: Shape) -> tuple[Shape, Cost]:
    require(len(shape) == 3, "a flat input")
    return (shape[0], 1, 1), Cost()


def residual(
    shape: Shape, body: list[dict[str, Any]], shortcut: list[dict[str, Any]] | tuple[()] = ()
) -> tuple[Shape, Cost]:
    body_shape, body_cost = run(shape, body)
    shortcut_shape, shortcut_cost = run(shape, shortcut)
    require(body_shape == shortcut_shape, f"a body to {body_shape}, a shortcut to {shortcut_shape}")
    return body_shape, body_cost + shortcut_cost


LAYERS: dict[str, Callable[..., tuple[Shape, Cost]]] = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "global_pool": global_pool,
    "flatten": lambda shape: ((prod(shape),), Cost()),
    "relu": lambda shape: (shape, Cost(comparisons=prod(shape))),
    "batch_norm": lambda shape: (shape, Cost()),
    "residual": residual,
}


def step(shape: Shape, layer: dict[str, Any]) -> tuple[Shape, Cost]:
    """Run one layer; the values of its output are stored, whatever its type."""
    settings = dict(layer)
    kind = settings.pop("type")
    require(kind in LAYERS, f"unknown type {kind!r}")
    out, cost = partial(LAYERS[kind], **settings)(shape)
    return out, cost + Cost(activations=prod(out))


def run(shape: Shape, layers: list[dict[str, Any]] | tuple[()]) -> tuple[Shape, Cost]:
    """Run layers one after the other, and sum their costs."""
    total = Cost()
    for layer in layers:
        shape, cost = step(shape, layer)
        total += cost
    return shape, total


def count_macs(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """MACs, FLOPs, stored activations and comparisons of each layer and in total, for one image."""
    shape, costs = tuple(input_shape), []
    for index, layer in enumerate(layers):
        try:
            shape, cost = step(shape, layer)
        except ValueError as error:
            raise ValueError(f"layer {index}: {error}") from error
        costs.append(cost)
    return {"layers": [cost.row() for cost in costs], "total": sum(costs, Cost()).row()}
