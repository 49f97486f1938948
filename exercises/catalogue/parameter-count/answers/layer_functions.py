"""A function for each type, whose keyword arguments are the settings; the shapes run through accumulate."""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple

Shape = tuple[int, ...]
Pair = int | tuple[int, int]


class Step(NamedTuple):
    """What a layer leaves behind: the shape of its output and its own counts."""

    shape: Shape
    weights: int = 0
    biases: int = 0
    buffers: int = 0

    def row(self) -> dict[str, int]:
        return {
            "weights": self.weights,
            "biases": self.biases,
            "trainable": self.weights + self.biases,
            "buffers": self.buffers,
        }


def require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def both(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def slide(n: int, k: int, s: int, p: int) -> int:
    require(k >= 1 and s >= 1 and p >= 0, "kernel or stride below 1, or negative padding")
    require(k <= n + 2 * p, "kernel larger than the padded input")
    return (n + 2 * p - k) // s + 1


def spatial(shape: Shape, kernel: Pair, stride: Pair, padding: Pair) -> Shape:
    require(len(shape) == 3, "flat input")
    return tuple(map(slide, shape[1:], both(kernel), both(stride), both(padding)))


def conv(
    shape: Shape,
    out_channels: int,
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    groups: int = 1,
    bias: bool = True,
) -> Step:
    size = spatial(shape, kernel, stride, padding)
    require(out_channels >= 1 and groups >= 1, "out_channels or groups below 1")
    require(shape[0] % groups == 0 == out_channels % groups, "groups do not divide the channels")
    weights_of_filter = shape[0] // groups * prod(both(kernel))
    return Step((out_channels, *size), out_channels * weights_of_filter, out_channels * bool(bias))


def dense(shape: Shape, out_features: int, bias: bool = True) -> Step:
    require(len(shape) == 1, "input that is not flat")
    require(out_features >= 1, "out_features below 1")
    return Step((out_features,), shape[0] * out_features, out_features * bool(bias))


def batch_norm(shape: Shape, affine: bool = True) -> Step:
    learned = shape[0] * bool(affine)
    return Step(shape, learned, learned, 2 * shape[0])


def pool(shape: Shape, kernel: Pair, stride: Pair | None = None, padding: Pair = 0) -> Step:
    size = spatial(shape, kernel, kernel if stride is None else stride, padding)
    require(all(2 * p <= k for p, k in zip(both(padding), both(kernel), strict=True)), "too much padding")
    return Step((shape[0], *size))


def global_pool(shape: Shape) -> Step:
    require(len(shape) == 3, "flat input")
    return Step((shape[0], 1, 1))


def unchanged(shape: Shape, **settings: Any) -> Step:
    return Step(shape)


LAYERS: dict[str, Callable[..., Step]] = {
    "conv": conv,
    "dense": dense,
    "batch_norm": batch_norm,
    "max_pool": pool,
    "avg_pool": pool,
    "global_pool": global_pool,
    "flatten": lambda shape: Step((prod(shape),)),
    "relu": unchanged,
    "dropout": unchanged,
}


def bind(layer: dict[str, Any]) -> Callable[[Shape], Step]:
    """The layer as a function of the shape that arrives."""
    require(layer["type"] in LAYERS, "unknown type")
    return partial(LAYERS[layer["type"]], **{key: value for key, value in layer.items() if key != "type"})


def count_params(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights, biases, trainable parameters and buffers of each layer and in total."""
    start = Step(tuple(input_shape))
    steps = list(accumulate(layers, lambda step, layer: bind(layer)(step.shape), initial=start))
    rows = [step.row() for step in steps[1:]]
    return {"layers": rows, "total": {key: sum(row[key] for row in rows) for key in start.row()}}
