"""You took `d * k` as the extent of a dilated kernel.

Between `k` taps there are only `k - 1` gaps: the taps lie at 0, d, ..., d*(k-1), so they span `d*(k-1) + 1`
cells. For 3 taps with dilation 2 that is 5, not 6. With dilation 1 both agree.
"""


def output_shape(input_shape, layers):
    shape = tuple(input_shape)
    shapes = []
    for index, layer in enumerate(layers):
        try:
            shape = after(shape, layer)
        except ValueError as reason:
            raise ValueError(f"layer {index}: {reason}") from None
        shapes.append(shape)
    return shapes


def after(shape, layer):
    kind = layer["type"]
    if kind == "flatten":
        total = 1
        for size in shape:
            total *= size
        return (total,)
    if kind == "dense":
        if len(shape) != 1:
            raise ValueError("dense needs a flat input")
        if shape[0] != layer["in_features"]:
            raise ValueError("dense has another number of inputs")
        return (layer["out_features"],)
    if len(shape) != 3:
        raise ValueError("needs an input (C, H, W)")
    if kind == "global_pool":
        return (shape[0], 1, 1)
    if kind not in ("conv", "max_pool", "avg_pool", "conv_transpose"):
        raise ValueError("unknown type")
    height = size_after(shape[1], layer, 0)
    width = size_after(shape[2], layer, 1)
    return (layer.get("out_channels", shape[0]), height, width)


def entry(value, axis, least):
    value = value[axis] if isinstance(value, (tuple, list)) else value
    if value < least:
        raise ValueError("a setting is too small")
    return value


def size_after(n, layer, axis):
    pooling = layer["type"].endswith("pool")
    k = entry(layer["kernel"], axis, 1)
    s = entry(layer.get("stride", k if pooling else 1), axis, 1)
    p = entry(layer.get("padding", 0), axis, 0)
    d = entry(layer.get("dilation", 1), axis, 1)
    extent = d * k
    if layer["type"] == "conv_transpose":
        extra = entry(layer.get("output_padding", 0), axis, 0)
        if extra >= max(s, d):
            raise ValueError("output_padding must be smaller than stride or dilation")
        size = (n - 1) * s - 2 * p + extent + extra
        if size < 1:
            raise ValueError("the output would be empty")
        return size
    if pooling and 2 * p > k:
        raise ValueError("padding is more than half of the kernel")
    room = n + 2 * p - extent
    if room < 0:
        raise ValueError("the kernel does not fit")
    size = room // s + 1
    if layer.get("ceil_mode", False):
        size = -(-room // s) + 1
        if (size - 1) * s >= n + p:
            size -= 1
    return size
