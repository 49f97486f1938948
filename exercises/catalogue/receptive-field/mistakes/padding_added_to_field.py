"""You added the padding to the field.

Padding shifts which pixels a unit sees and adds zeros at the border, but the number of taps and their
distances stay the same. It belongs into `start` only. See it with `(3, 1, 0, 1)` and `(3, 1, 1, 1)`: both
see 3 pixels.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        reach = d * (k - 1)
        field += (reach + 2 * p) * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
