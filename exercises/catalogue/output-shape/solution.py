from typing import Any

Shape = tuple[int, ...]


def output_shape(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> list[Shape]:
    """Shapes after each layer for one image of shape (C, H, W).

    Raises ValueError with "layer <index>" in its message for a layer that does not fit.
    """
    shape: Shape = tuple(input_shape)
    shapes = []
    for index, layer in enumerate(layers):
        try:
            shape = shape_after(shape, layer)
        except ValueError as reason:
            raise ValueError(f"layer {index}: {reason}") from None
        shapes.append(shape)
    return shapes


def shape_after(shape: Shape, layer: dict[str, Any]) -> Shape:
    kind = layer["type"]
    if kind == "flatten":
        total = 1
        for size in shape:
            total *= size
        return (total,)
    if kind == "dense":
        if shape != (layer["in_features"],):
            raise ValueError(f"dense needs ({layer['in_features']},), got {shape}")
        return (layer["out_features"],)
    if kind not in SIZES:
        raise ValueError(f"unknown type {kind!r}")
    if len(shape) != 3:
        raise ValueError(f"{kind} needs (C, H, W), got {shape}")
    height, width = (SIZES[kind](shape[1 + axis], layer, axis) for axis in (0, 1))
    return (layer.get("out_channels", shape[0]), height, width)


def setting(layer: dict[str, Any], name: str, default: Any, axis: int, least: int) -> int:
    """One setting for one axis, from an int or a pair."""
    value = layer.get(name, default)
    value = value[axis] if isinstance(value, (tuple, list)) else value
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return value


def room(n: int, extent: int, padding: int) -> int:
    """How far a window can move."""
    if extent > n + 2 * padding:
        raise ValueError(f"a kernel of {extent} does not fit into {n} with padding {padding}")
    return n + 2 * padding - extent


def conv_size(n: int, layer: dict[str, Any], axis: int) -> int:
    k, s = setting(layer, "kernel", None, axis, 1), setting(layer, "stride", 1, axis, 1)
    p, d = setting(layer, "padding", 0, axis, 0), setting(layer, "dilation", 1, axis, 1)
    return room(n, d * (k - 1) + 1, p) // s + 1


def pool_size(n: int, layer: dict[str, Any], axis: int) -> int:
    k = setting(layer, "kernel", None, axis, 1)
    s, p = setting(layer, "stride", k, axis, 1), setting(layer, "padding", 0, axis, 0)
    if 2 * p > k:
        raise ValueError(f"padding {p} is more than half of the kernel {k}")
    free = room(n, k, p)
    if not layer.get("ceil_mode", False):
        return free // s + 1
    size = -(-free // s) + 1
    return size - 1 if (size - 1) * s >= n + p else size


def transposed_size(n: int, layer: dict[str, Any], axis: int) -> int:
    k, s = setting(layer, "kernel", None, axis, 1), setting(layer, "stride", 1, axis, 1)
    p, d = setting(layer, "padding", 0, axis, 0), setting(layer, "dilation", 1, axis, 1)
    extra = setting(layer, "output_padding", 0, axis, 0)
    if extra >= max(s, d):
        raise ValueError(f"output_padding {extra} must be smaller than stride or dilation")
    size = (n - 1) * s - 2 * p + d * (k - 1) + 1 + extra
    if size < 1:
        raise ValueError(f"the output would have size {size}")
    return size


def global_size(n: int, layer: dict[str, Any], axis: int) -> int:
    return 1


SIZES = {
    "conv": conv_size,
    "max_pool": pool_size,
    "avg_pool": pool_size,
    "conv_transpose": transposed_size,
    "global_pool": global_size,
}
