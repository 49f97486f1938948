from typing import Any


def count_macs(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """MACs, FLOPs, stored activations and comparisons of each layer and in total, for one image.

    Returns {"layers": [row, ...], "total": row}. Raises ValueError with "layer <index>" in its message for a
    layer that is impossible.
    """
    raise NotImplementedError
