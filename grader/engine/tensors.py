"""Torch tensors on their way in and out of the child. Imported only where torch already is."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.engine.wire import Opaque, TensorValue


def _torch() -> Any:
    torch = sys.modules.get("torch")
    if torch is None:
        raise RuntimeError("tensors need the torch profile")
    return torch


def to_wire(tensor: Any) -> TensorValue | Opaque:
    """A tensor as data; kinds that have no plain array become opaque."""
    torch = _torch()
    name = str(tensor.dtype).removeprefix("torch.")
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        return Opaque(f"{tensor.layout} tensor of dtype {name}")
    plain = tensor.detach().resolve_conj().resolve_neg()
    device = str(plain.device)
    if name == "bfloat16" or name.startswith("float8"):
        plain = plain.float()
    return TensorValue(plain.cpu().numpy(), device, bool(tensor.requires_grad), name)


def from_wire(value: TensorValue) -> Any:
    """A tensor that owns its memory, of the dtype, strides, device and gradient flag described."""
    torch = _torch()
    backwards = any(step < 0 for step in value.array.strides)  # which torch does not have
    tensor = torch.from_numpy(value.array.copy(order="K") if backwards else value.array)
    tensor = tensor.to(device=value.device, dtype=getattr(torch, value.dtype))
    return tensor.requires_grad_() if value.requires_grad else tensor


def generator(seed: int) -> Any:
    return _torch().Generator().manual_seed(seed % 2**63)


def call_with_gradients(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    of: tuple[int | str, ...],
    seed: np.ndarray | None,
) -> tuple[Any, tuple[Any, ...]]:
    """The value, and d(sum(seed * value)) / d(argument) for the arguments named; None where nothing flows."""
    torch = _torch()
    given, kwargs = list(args), dict(kwargs)
    leaves = []
    for key in of:
        place: Any = kwargs if isinstance(key, str) else given
        place[key] = torch.as_tensor(place[key]).detach().clone().requires_grad_()
        leaves.append(place[key])
    value = function(*given, **kwargs)
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"the result is a {type(value).__name__}; gradients need one tensor")
    if not value.requires_grad:
        raise RuntimeError(
            "no gradient can flow: the result does not depend on the inputs through torch operations"
        )
    weight = torch.ones_like(value) if seed is None else torch.as_tensor(np.asarray(seed)).to(value)
    found = torch.autograd.grad((value * weight).sum(), leaves, allow_unused=True)
    return value, tuple(found)
