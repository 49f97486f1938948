from typing import Any


def count_params(input_shape: tuple[int, int, int], layers: list[dict[str, Any]]) -> dict[str, Any]:
    """Weights, biases, trainable parameters and buffers of each layer and in total.

    Returns {"layers": [row, ...], "total": row}. Raises ValueError for a layer that is impossible.
    """
    raise NotImplementedError
