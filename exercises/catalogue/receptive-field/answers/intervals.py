"""Walks down from units 0 and 1 of each layer with the interval of positions that they read."""


def receptive_field(layers):
    if any(min(k, s, d) < 1 or p < 0 for k, s, p, d in layers):
        raise ValueError("a layer makes no sense")

    def interval(depth, unit):
        first = last = unit
        for k, s, p, d in reversed(layers[:depth]):
            first, last = first * s - p, last * s - p + d * (k - 1)
        return first, last

    trace = []
    for depth in range(1, len(layers) + 1):
        first, last = interval(depth, 0)
        trace.append((last - first + 1, interval(depth, 1)[0] - first, (first + last) / 2))
    return trace
