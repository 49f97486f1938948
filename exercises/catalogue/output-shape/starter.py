from typing import Any


def output_shape(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> list[tuple[int, ...]]:
    """Shapes after each layer for one image of shape (C, H, W).

    Raises ValueError with "layer <index>" in its message for a layer that does not fit.
    """
    raise NotImplementedError
