"""Counts the windows one by one instead of using a formula."""

import math


def output_shape(input_shape, layers):
    shapes, shape = [], tuple(input_shape)
    for position, layer in enumerate(layers):
        shape = step(shape, layer, f"layer {position} is impossible")
        shapes.append(shape)
    return shapes


def step(shape, layer, error):
    kind = layer.get("type")
    if kind == "flatten":
        return (math.prod(shape),)
    if kind == "dense":
        if list(shape) != [layer["in_features"]]:
            raise ValueError(error)
        return (layer["out_features"],)
    if kind not in {"conv", "conv_transpose", "max_pool", "avg_pool", "global_pool"} or len(shape) != 3:
        raise ValueError(error)
    if kind == "global_pool":
        return (shape[0], 1, 1)
    sizes = tuple(windows(size, Axis(layer, axis), kind, error) for axis, size in enumerate(shape[1:]))
    return (layer["out_channels"] if kind.startswith("conv") else shape[0], *sizes)


class Axis:
    """The settings of one layer along one axis."""

    def __init__(self, layer, axis):
        def read(name, default):
            value = layer.get(name, default)
            return value if isinstance(value, int) else value[axis]

        self.k = read("kernel", 1)
        self.s = read("stride", 1 if layer["type"].startswith("conv") else self.k)
        self.p, self.d, self.extra = read("padding", 0), read("dilation", 1), read("output_padding", 0)
        self.ceil = layer.get("ceil_mode", False)


def windows(n, a, kind, error):
    if min(a.k, a.s, a.d) < 1 or a.p < 0 or (kind.endswith("pool") and a.p > a.k / 2):
        raise ValueError(error)
    last_tap = a.d * (a.k - 1)
    if kind == "conv_transpose":
        size = (n - 1) * a.s + last_tap + 1 + a.extra - 2 * a.p
        if size < 1 or (a.extra >= a.s and a.extra >= a.d):
            raise ValueError(error)
        return size
    count, start = 0, -a.p
    while start + last_tap < n + a.p:
        count, start = count + 1, start + a.s
    if count == 0:
        raise ValueError(error)
    covered = start - a.s + last_tap + 1
    return count + (a.ceil and covered < n + a.p and start < n)
