"""Parameters and cost of a network that is described as a list of layers, in exact integers.

A layer is a dict as in `output_shape`, with `groups` and `bias` for convolutions and `bias` for dense layers;
`batch_norm`, `relu`, `dropout` and `residual` are known here as well. The formulas are those of
`exercises.reference.arithmetic`.
"""

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

from exercises.reference.arithmetic import (
    batchnorm_buffers,
    batchnorm_parameters,
    conv_macs,
    conv_parameters,
    dense_macs,
    dense_parameters,
)
from exercises.reference.checking import pair
from exercises.reference.shapes import LAYER_FIELDS, Shape, output_shape

Layer = dict[str, Any]
Row = dict[str, int]

SHAPE_KEEPING = ("batch_norm", "relu", "dropout")
PARAMETERS = ("weights", "biases", "trainable", "buffers")
COSTS = ("macs", "flops", "activations", "comparisons")


def count_params(input_shape: Sequence[int], layers: Sequence[Layer]) -> dict[str, Any]:
    """Weights, biases and buffers of each layer and in total, for one image of `input_shape` (C, H, W).

    Gives {"layers": [row, ...], "total": row} with rows of `PARAMETERS`; scale and shift of batch norm count
    as a weight and a bias, its running mean and variance as buffers. Raises ValueError "layer <index>: ..."
    for a layer that does not fit.
    """
    rows, _ = _traced(tuple(input_shape), layers, _parameter_row)
    return {"layers": rows, "total": _summed(PARAMETERS, rows)}


def count_macs(input_shape: Sequence[int], layers: Sequence[Layer]) -> dict[str, Any]:
    """Multiply-accumulates, FLOPs, stored values and comparisons of each layer and in total, for one image.

    Gives {"layers": [row, ...], "total": row} with rows of `COSTS`. A convolution costs its weights at each
    output position, a transposed one its weights at each input position, a dense layer its weights; the FLOPs
    are twice that. Max pooling and ReLU compare. A layer {"type": "residual", "body": [...], "shortcut":
    [...]} is one row. Raises ValueError "layer <index>: ..." for a layer that does not fit.
    """
    rows, _ = _traced(tuple(input_shape), layers, _cost_row)
    return {"layers": rows, "total": _summed(COSTS, rows)}


def _traced(
    shape: Shape, layers: Sequence[Layer], row: Callable[[Shape, Layer, Shape], Row]
) -> tuple[list[Row], Shape]:
    """A row for each layer, and the shape in the end."""
    rows = []
    for index, layer in enumerate(layers):
        try:
            after = _after(shape, layer)
            rows.append(row(shape, layer, after))
        except ValueError as error:
            raise ValueError(f"layer {index}: {str(error).removeprefix('layer 0: ')}") from None
        shape = after
    return rows, shape


def _summed(names: Iterable[str], rows: Sequence[Row]) -> Row:
    return {name: sum(row[name] for row in rows) for name in names}


def _after(shape: Shape, layer: Layer) -> Shape:
    kind = layer.get("type")
    if kind in SHAPE_KEEPING:
        return shape
    if kind == "residual":
        body, shortcut = (_branch(shape, layers)[1] for layers in _branches(layer))
        if body != shortcut:
            raise ValueError(f"the body ends in {body}, the shortcut in {shortcut}")
        return body
    known = ("type", *LAYER_FIELDS.get(str(kind), ()))
    return output_shape(shape, [{name: value for name, value in layer.items() if name in known}])[0]


def _branches(layer: Layer) -> tuple[Sequence[Layer], Sequence[Layer]]:
    return layer.get("body", []), layer.get("shortcut", [])


def _branch(shape: Shape, layers: Sequence[Layer]) -> tuple[list[Row], Shape]:
    return _traced(shape, layers, _cost_row)


def _parameter_row(before: Shape, layer: Layer, after: Shape) -> Row:
    parameters, biases, buffers = 0, 0, 0
    if layer["type"] == "conv":
        parameters, biases = _conv_weights(before[0], layer), after[0]
    elif layer["type"] == "dense":
        parameters, biases = dense_parameters(before[0], after[0], bias=False), after[0]
    elif layer["type"] == "batch_norm":
        scales = batchnorm_parameters(before[0]) // 2 if layer.get("affine", True) else 0
        parameters, biases, buffers = scales, scales, batchnorm_buffers(before[0])
    elif layer["type"] == "residual":
        raise ValueError("residual layers have no place in a list of parameters")
    biases = biases if layer.get("bias", True) else 0
    return dict(zip(PARAMETERS, (parameters, biases, parameters + biases, buffers), strict=True))


def _conv_weights(c_in: int, layer: Layer) -> int:
    kernel = pair("kernel", layer["kernel"], 1)
    return conv_parameters(c_in, layer["out_channels"], *kernel, groups=layer.get("groups", 1), bias=False)


def _cost_row(before: Shape, layer: Layer, after: Shape) -> Row:
    if layer["type"] == "residual":
        rows = [row for layers in _branches(layer) for row in _branch(before, layers)[0]]
        row = _summed(COSTS, rows)
        return row | {"activations": row["activations"] + prod(after)}
    macs = _macs(before, layer, after)
    return {
        "macs": macs,
        "flops": 2 * macs,
        "activations": prod(after),
        "comparisons": _comparisons(layer, prod(after)),
    }


def _macs(before: Shape, layer: Layer, after: Shape) -> int:
    if layer["type"] == "dense":
        return dense_macs(before[0], after[0])
    if layer["type"] not in ("conv", "conv_transpose"):
        return 0
    positions = after[1:] if layer["type"] == "conv" else before[1:]
    kh, kw = pair("kernel", layer["kernel"], 1)
    rows, columns = positions
    return conv_macs(before[0], after[0], kh, kw, rows, columns, groups=layer.get("groups", 1))


def _comparisons(layer: Layer, outputs: int) -> int:
    if layer["type"] == "relu":
        return outputs
    if layer["type"] == "max_pool":
        return (prod(pair("kernel", layer["kernel"], 1)) - 1) * outputs
    return 0
