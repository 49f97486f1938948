"""PyTorch twins of quantisation: ranges from its observers, levels from its simulated quantisation."""

import torch
from torch.ao.quantization.observer import MinMaxObserver, PerChannelMinMaxObserver

from exercises.reference.quantisation import levels

SMALLEST_SCALE = 1e-30  # the observers' default of 1e-7 would round small scales up


def quantize(
    x: torch.Tensor, mode: str, axis: int | None, bits: int = 8
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """See `exercises.reference.quantize`; in float32, where a range of zeros gets another scale."""
    least, most = levels(mode, bits)
    if x.numel() == 0 or not x.isfinite().all():
        raise ValueError("x must hold finite numbers, and at least one")
    scheme = f"per_{'tensor' if axis is None else 'channel'}_{mode}"
    settings = {"qscheme": getattr(torch, scheme), "dtype": torch.qint32, "eps": SMALLEST_SCALE}
    settings |= {"quant_min": least, "quant_max": most}
    if axis is None:
        observer = MinMaxObserver(**settings)
    else:
        observer = PerChannelMinMaxObserver(ch_axis=axis % x.ndim, **settings)
    observer(x)
    scale, zero = observer.calculate_qparams()
    zero = zero.int()
    if axis is None:
        restored = torch.fake_quantize_per_tensor_affine(x, scale[0], zero[0], least, most)
        return _levels(restored, scale, zero, bits), scale[0], zero[0]
    restored = torch.fake_quantize_per_channel_affine(x, scale, zero, axis % x.ndim, least, most)
    shape = [-1 if index == axis % x.ndim else 1 for index in range(x.ndim)]
    return _levels(restored, scale.reshape(shape), zero.reshape(shape), bits), scale, zero


def _levels(restored: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, bits: int) -> torch.Tensor:
    """The integers behind simulated quantisation, which gives (q - zero) * scale."""
    return ((restored / scale).round() + zero).to(torch.int8 if bits <= 8 else torch.int16)


def dequantize(
    q: torch.Tensor, scale: torch.Tensor, zero_point: torch.Tensor, axis: int | None = None
) -> torch.Tensor:
    """See `exercises.reference.dequantize`."""
    shape = [-1 if axis is not None and index == axis % q.ndim else 1 for index in range(q.ndim)]
    if axis is None:
        return (q.double() - zero_point) * scale
    return (q.double() - zero_point.reshape(shape)) * scale.reshape(shape)
