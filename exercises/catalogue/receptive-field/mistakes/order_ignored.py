"""You multiplied all reaches so far by the same jump.

A stride only widens what comes after it, so the order of the layers matters: convolution then pool sees 4
pixels, pool then convolution 6. Let the jump grow as you walk through the layers and add each layer's reach
with the jump of that moment.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    total = 0
    trace = []
    for k, s, p, d in layers:
        reach = d * (k - 1)
        total += reach
        field = 1 + total * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
