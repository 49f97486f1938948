"""You multiplied the jump by the stride before using it.

The taps of a layer lie one unit of the layer **below** apart, so its own stride does not widen its field;
it widens the fields of the layers above. See it with a single layer `(3, 2, 0, 1)`: three taps on the image
see 3 pixels, not 5.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in layers:
        jump *= s
        reach = d * (k - 1)
        field += reach * jump
        start += (reach / 2 - p) * jump
        trace.append((field, jump, start))
    return trace
