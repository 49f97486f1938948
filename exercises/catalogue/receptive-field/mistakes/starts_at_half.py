"""You put the centre of pixel 0 at 0.5.

Both conventions are in use (0.5 measures from the left edge of the image), but the task fixes the centre of
pixel 0 at 0.0. All your starts are too large by one half.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.5
    trace = []
    for k, s, p, d in layers:
        reach = d * (k - 1)
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
