"""You used integer division for the centre.

A kernel of even size has its centre between two pixels: `(2, 2, 0, 1)` starts at 0.5. `//` rounds that down
to 0 and the error is carried through all later layers. Use `/`.
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
        start += float(reach // 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
