"""You handled the layers without stride first and the strided ones afterwards.

The recurrence is not commutative: a convolution behind a pool sees twice as many pixels as the same
convolution in front of it. For VGG16 up to its last convolution the right order gives 196; all convolutions
first and then the four pools give 42. Walk through the list as it is.
"""


def receptive_field(layers):
    for k, s, p, d in layers:
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError("a layer makes no sense")
    field, jump, start = 1, 1, 0.0
    trace = []
    for k, s, p, d in sorted(layers, key=lambda layer: layer[1] > 1):
        reach = d * (k - 1)
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s
        trace.append((field, jump, start))
    return trace
