"""A little session that a zygote goes through many times and each child once before it is ready.

In the zygote it lets Python specialise the code that serves requests. In the child it touches the memory
that a session touches first: after a fork each first write to a page costs a copy, which a submission
would otherwise wait for.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.engine import wire

NUMPY = """
import numpy as np

class Layer:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, x):
        return x @ self.weight

def convolve(x, w, stride=1, padding=0):
    if stride < 1:
        raise ValueError(f"stride {stride}")
    x = np.pad(x, ((padding, padding), (padding, padding)))
    rows, columns = (x.shape[0] - w.shape[0]) // stride + 1, (x.shape[1] - w.shape[1]) // stride + 1
    y = np.empty((rows, columns), dtype=np.result_type(x, w))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            y[i, j] = np.sum(x[top : top + w.shape[0], left : left + w.shape[1]] * w)
    return y

def windows(x, w):
    view = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    y = np.einsum("ijkl,kl->ij", view, w) + np.tensordot(view, w, axes=2)
    return np.maximum(y, 0).reshape(-1).astype(np.float32), y.mean(axis=0), np.zeros_like(y)
"""
TORCH = """
import torch

def layer(x, w):
    return torch.relu(torch.nn.functional.conv2d(x, w, padding=1)).sum(dim=(2, 3))
"""


def requests(profile: str, *, short: bool) -> Iterator[tuple[int, Any]]:
    """Kinds and bodies of requests, in order; `short` for children, which pay in memory for what they touch.

    PyTorch's processes have their objects far apart, so that a child of theirs is left as it is.
    """
    if short and profile != "numpy":
        return
    x, w = np.arange(30.0).reshape(5, 6), np.ones((3, 3))
    yield wire.LOAD, {"source": NUMPY if profile == "numpy" else NUMPY + TORCH}
    yield wire.CALL, _call("convolve", x, w, stride=2, padding=1)
    yield wire.CALL, _call("convolve", x.T, w[::-1], stride=0)
    if short:
        return
    yield wire.CALL, _call("windows", x, w)
    yield wire.CALL, _call("Layer", w)
    yield wire.ATTRIBUTE, {"object": None, "name": "Layer"}
    if profile != "numpy":
        yield wire.CALL, _call("layer", wire.TensorValue(x[None, None]), wire.TensorValue(w[None, None]))


def _call(name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
    return name, args, kwargs, True, None
