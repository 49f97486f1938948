def receptive_field(layers: list[tuple[int, int, int, int]]) -> list[tuple[int, int, float]]:
    """(field, jump, start) after each layer (k, s, p, d), the layer next to the input first.

    Raises ValueError for a layer that makes no sense.
    """
    field, jump, start = 1, 1, 0.0  # a pixel sees itself
    trace = []
    for index, (k, s, p, d) in enumerate(layers):
        if k < 1 or s < 1 or p < 0 or d < 1:
            raise ValueError(f"layer {index} makes no sense: k={k}, s={s}, p={p}, d={d}")
        reach = d * (k - 1)  # from the first to the last tap, in units of the layer below
        field += reach * jump
        start += (reach / 2 - p) * jump
        jump *= s  # last: the taps of this layer lie one old jump apart
        trace.append((field, jump, start))
    return trace
