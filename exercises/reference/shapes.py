"""Shapes and receptive fields through a stack of layers."""

from collections.abc import Sequence
from typing import Any

from exercises.reference.arithmetic import (
    conv_output_size,
    effective_kernel,
    elements,
    pool_output_size,
    transposed_output_size,
)
from exercises.reference.checking import pair

Shape = tuple[int, ...]

LAYER_FIELDS: dict[str, tuple[str, ...]] = {
    "conv": ("out_channels", "kernel", "stride", "padding", "dilation"),
    "max_pool": ("kernel", "stride", "padding", "ceil_mode"),
    "avg_pool": ("kernel", "stride", "padding", "ceil_mode"),
    "conv_transpose": ("out_channels", "kernel", "stride", "padding", "output_padding", "dilation"),
    "global_pool": (),
    "flatten": (),
    "dense": ("in_features", "out_features"),
}


def output_shape(input_shape: Sequence[int], layers: Sequence[dict[str, Any]]) -> list[Shape]:
    """The shape after each layer, for one image of `input_shape` (C, H, W).

    A layer is a dict with a `type` and the settings that `LAYER_FIELDS` lists; `kernel`, `stride`, `padding`,
    `dilation` and `output_padding` are integers or pairs. Shapes are (C, H, W), after flatten and dense (F,);
    global pooling gives (C, 1, 1). Raises ValueError "layer <index>: ..." for a layer that does not fit.
    """
    shape: Shape = tuple(input_shape)
    elements(shape)
    shapes = []
    for index, layer in enumerate(layers):
        try:
            shape = _after(shape, layer)
        except ValueError as error:
            raise ValueError(f"layer {index}: {error}") from None
        shapes.append(shape)
    return shapes


def _after(shape: Shape, layer: dict[str, Any]) -> Shape:
    kind = layer.get("type")
    if kind not in LAYER_FIELDS:
        raise ValueError(f"unknown type {kind!r:.40}")
    for name in layer:
        if name != "type" and name not in LAYER_FIELDS[kind]:
            raise ValueError(f"{kind} has no setting {name!r:.40}")
    if kind == "flatten":
        return (elements(shape),)
    if kind == "dense":
        return _dense(shape, layer)
    if len(shape) != 3:
        raise ValueError(f"{kind} needs an input of shape (C, H, W), not {shape}")
    if kind == "global_pool":
        return (shape[0], 1, 1)
    sizes = [_size(kind, n, axis, layer) for axis, n in enumerate(shape[1:])]
    return (_positive(layer, "out_channels") if kind.startswith("conv") else shape[0], *sizes)


def _dense(shape: Shape, layer: dict[str, Any]) -> Shape:
    if len(shape) != 1:
        raise ValueError(f"dense needs a flat input, not {shape}")
    if "in_features" in layer and layer["in_features"] != shape[0]:
        raise ValueError(f"dense expects {layer['in_features']!r:.40} features, the input has {shape[0]}")
    return (_positive(layer, "out_features"),)


def _positive(layer: dict[str, Any], name: str) -> int:
    value = layer.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, not {value!r:.40}")
    return value


def _size(kind: str, n: int, axis: int, layer: dict[str, Any]) -> int:
    """The size along one spatial axis."""

    def setting(name: str, default: int, least: int) -> int:
        return pair(name, layer.get(name, default), least)[axis]

    if "kernel" not in layer:
        raise ValueError(f"{kind} needs a kernel")
    k = setting("kernel", 1, 1)
    padding = setting("padding", 0, 0)
    if kind.endswith("pool"):
        stride = k if layer.get("stride") is None else setting("stride", k, 1)
        return pool_output_size(n, k, stride, padding, bool(layer.get("ceil_mode", False)))
    stride, dilation = setting("stride", 1, 1), setting("dilation", 1, 1)
    if kind == "conv":
        return conv_output_size(n, k, stride, padding, dilation)
    return transposed_output_size(n, k, stride, padding, setting("output_padding", 0, 0), dilation)


def receptive_field(
    layers: Sequence[tuple[int, int, int, int]], first_centre: float = 0.0
) -> list[tuple[int, int, float]]:
    """(field, jump, start) after each layer (k, s, p, d), the first layer first.

    The field is the extent on the input that one unit sees, jump the distance between neighbouring units on
    the input, start the centre of the first unit, where the first pixel's centre lies at `first_centre`:
    field += d(k-1) * jump; start += (d(k-1)/2 - p) * jump; then jump *= s (Araujo, Norris and Sim, 2019).
    Raises ValueError for k, s or d below 1 and p below 0.
    """
    field, jump, start = 1, 1, float(first_centre)
    trace = []
    for index, (k, s, p, d) in enumerate(layers):
        for name, value, least in (("s", s, 1), ("p", p, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"layer {index}: {name} must be an integer of at least {least}")
        reach = effective_kernel(k, d) - 1
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
