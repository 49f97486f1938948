"""Products of strides by itertools, sums per prefix."""

from itertools import accumulate
from operator import mul


def receptive_field(layers):
    for layer in layers:
        k, s, p, d = layer
        if k <= 0 or s <= 0 or d <= 0 or p < 0:
            raise ValueError(f"bad layer {layer}")
    jumps = [1, *accumulate((layer[1] for layer in layers), mul)]
    fields = accumulate((d * (k - 1) * j for (k, _, _, d), j in zip(layers, jumps, strict=False)), initial=1)
    starts = accumulate(
        ((d * (k - 1) / 2 - p) * j for (k, _, p, d), j in zip(layers, jumps, strict=False)), initial=0.0
    )
    return list(zip(fields, jumps, starts, strict=True))[1:]
