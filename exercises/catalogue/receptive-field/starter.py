def receptive_field(layers: list[tuple[int, int, int, int]]) -> list[tuple[int, int, float]]:
    """(field, jump, start) after each layer (k, s, p, d), the layer next to the input first.

    Raises ValueError for a layer that makes no sense.
    """
    raise NotImplementedError
