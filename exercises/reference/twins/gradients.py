"""PyTorch twins of backward passes: PyTorch's operations, differentiated by PyTorch."""

from collections.abc import Callable, Sequence

import torch

from exercises.reference.checking import Pair
from exercises.reference.twins.asking import asked
from exercises.reference.twins.batchnorm import batch_norm
from exercises.reference.twins.convolution import conv2d
from exercises.reference.twins.pooling import max_pool2d


def conv2d_backward(
    dout: torch.Tensor,
    x: torch.Tensor,
    w: torch.Tensor,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> tuple[torch.Tensor, ...]:
    """See `exercises.reference.conv2d_backward`."""
    b = torch.zeros(len(w), dtype=w.dtype, device=w.device)

    def forward(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return conv2d(x, w, b, stride, padding, dilation)

    return _gradients(forward, (x, w, b), dout)


def max_pool2d_backward(
    dout: torch.Tensor, x: torch.Tensor, kernel: Pair, stride: Pair | None = None
) -> torch.Tensor:
    """See `exercises.reference.max_pool2d_backward`."""
    return _gradients(lambda given: max_pool2d(given, kernel, stride), (x,), dout)[0]


def dropout_backward(dout: torch.Tensor, mask: torch.Tensor, p: float, training: bool) -> torch.Tensor:
    """See `exercises.reference.dropout_backward`; the mask is bool here."""
    if not training:
        return dout.clone()
    scale = 1 / (1 - p) if p < 1 else 0.0
    return asked(torch.ops.aten.native_dropout_backward, dout, mask, scale)


def batch_norm_backward(
    dout: torch.Tensor,
    x: torch.Tensor,
    gamma: torch.Tensor,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    training: bool,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, ...]:
    """See `exercises.reference.batch_norm_backward`."""

    def forward(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
        return batch_norm(x, gamma, beta, running_mean, running_var, training, eps=eps)[0]

    return _gradients(forward, (x, gamma, torch.zeros_like(gamma)), dout)


def gradient_errors(
    f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    grad: torch.Tensor,
    entries: Sequence[tuple[int, ...]],
    floor: float = 1e-3,
) -> torch.Tensor:
    """See `exercises.reference.gradient_errors`; takes PyTorch's gradient of f, not differences."""
    point = x.detach().requires_grad_()
    (exact,) = torch.autograd.grad(f(point), point)
    errors = (grad - exact).abs() / torch.maximum(grad.abs(), exact.abs()).clamp(min=floor)
    return torch.stack([errors[entry] for entry in entries])


def _gradients(
    forward: Callable[..., torch.Tensor], given: tuple[torch.Tensor, ...], dout: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """d(sum(dout * forward(*given))) / d(given). Raises ValueError where PyTorch refuses dout."""
    given = tuple(one.detach().requires_grad_() for one in given)
    return tuple(asked(torch.autograd.grad, forward(*given), given, dout))
