"""You gave the first pixel of the field instead of its centre.

`start` is the middle of the field: half of the reach, `d * (k - 1) / 2`, lies before it. See it with `(3,
1, 0, 1)`: unit 0 sees pixels 0, 1 and 2, so its centre is 1.0.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        reach = d * (k - 1)
        field += reach * jump
        start += -p * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
