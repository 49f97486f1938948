"""You ignored the dilation.

The taps lie `d` units apart, so from the first to the last there are `d * (k - 1)` steps, not `k - 1`.
Three taps with dilations 1, 2, 4, 8 see 31 pixels, not 9.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        reach = k - 1
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
