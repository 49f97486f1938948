"""You left the padding out of `start`.

With padding `p` the first window begins `p` units before unit 0, which moves every centre back by `p` old
jumps. A 3-tap layer with padding 1 keeps the centre at 0; yours moves it to 1.
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
        start += reach / 2 * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
