"""Both axes at once as NumPy vectors."""

import numpy as np


def output_shape(input_shape, layers):
    result = []
    current = list(input_shape)
    for index, layer in enumerate(layers):
        try:
            current = advance(current, **layer)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"cannot apply layer {index}: {error}") from error
        result.append(tuple(int(value) for value in current))
    return result


def need(condition, reason):
    if not np.all(condition):
        raise ValueError(reason)


def advance(current, type, **settings):
    if type == "flatten":
        return [np.prod(current)]
    if type == "dense":
        need(len(current) == 1 and current[0] == settings["in_features"], "width")
        return [settings["out_features"]]
    need(len(current) == 3, "flat input")
    if type == "global_pool":
        return [current[0], 1, 1]
    need(type in ("conv", "conv_transpose", "max_pool", "avg_pool"), "type")
    n = np.array(current[1:])
    channels = settings.get("out_channels", current[0])
    return [channels, *spatial(n, type.endswith("pool"), type == "conv_transpose", settings)]


def spatial(n, pooling, transposed, settings):
    k = np.broadcast_to(settings["kernel"], 2)
    s = np.broadcast_to(settings.get("stride", k if pooling else 1), 2)
    p, d, extra = (
        np.broadcast_to(settings.get(name, default), 2)
        for name, default in (("padding", 0), ("dilation", 1), ("output_padding", 0))
    )
    need((k >= 1) & (s >= 1) & (d >= 1) & (p >= 0), "too small")
    reach = d * (k - 1)
    if transposed:
        size = (n - 1) * s - 2 * p + reach + extra + 1
        need((extra < np.maximum(s, d)) & (size > 0), "transposed")
        return size
    need(not pooling or np.all(2 * p <= k), "padding")
    need(reach < n + 2 * p, "does not fit")
    if not settings.get("ceil_mode"):
        return (n + 2 * p - reach - 1) // s + 1
    size = (n + 2 * p - reach - 1 + s - 1) // s + 1
    return size - ((size - 1) * s >= n + p)
