"""You moved `start` by the new jump.

The taps lie one **old** jump apart, so the way from the first tap to the middle is measured in old jumps as
well. See it with one layer `(3, 2, 0, 1)`: the middle tap lies on pixel 1, not 2.
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
        jump *= s
        start += (reach / 2 - p) * jump
        trace.append((field, jump, start))
    return trace
