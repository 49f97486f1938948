"""Short words for values that may come from a candidate: never calls anything of theirs, never grows long."""

from typing import Any

import numpy as np

from exercises.candidate import Instance
from exercises.values import Opaque, Ref, Tensor

PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict)


def kind_of(value: Any) -> str:
    """What sort of thing a value is, without anything of its contents."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return "a NumPy array"
    if isinstance(value, Tensor):
        return "a torch tensor"
    if isinstance(value, np.generic):
        return f"a NumPy {value.dtype.name}"
    if isinstance(value, (Opaque, Ref, Instance)):
        return "an object"
    for plain in PLAIN:
        if isinstance(value, plain):
            return f"{'an' if plain is int else 'a'} {plain.__name__}"
    return "an object"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as NumPy writes it."""
    return str(tuple(int(size) for size in shape))
