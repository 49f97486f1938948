"""PyTorch twins of counting: build the network and let PyTorch count."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from exercises.reference.counting import COSTS, PARAMETERS, Layer, Row


class _Residual(nn.Module):
    def __init__(self, body: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Tensor) -> Tensor:
        body, shortcut = self.body(x), self.shortcut(x)
        if body.shape != shortcut.shape:
            raise RuntimeError("body and shortcut differ in shape")
        return body + shortcut


def _settings(layer: Layer, *left_out: str) -> dict[str, Any]:
    renamed = {name: value for name, value in layer.items() if name not in ("type", *left_out)}
    if "kernel" in renamed:
        renamed["kernel_size"] = renamed.pop("kernel")
    return renamed


def _batch_norm(x: Tensor, layer: Layer) -> nn.Module:
    made = nn.BatchNorm2d if x.ndim == 4 else nn.BatchNorm1d
    return made(x.shape[1], affine=layer.get("affine", True))


def _dense(x: Tensor, layer: Layer) -> nn.Module:
    if x.ndim != 2:
        raise RuntimeError("a dense layer needs a flat input")
    return nn.Linear(x.shape[1], **_settings(layer))


def _residual(x: Tensor, layer: Layer) -> nn.Module:
    return _Residual(build(x, layer["body"])[0], build(x, layer.get("shortcut", []))[0])


_BUILDERS: dict[str, Callable[[Tensor, Layer], nn.Module]] = {
    "conv": lambda x, layer: nn.Conv2d(x.shape[1], **_settings(layer)),
    "conv_transpose": lambda x, layer: nn.ConvTranspose2d(x.shape[1], **_settings(layer)),
    "dense": _dense,
    "batch_norm": _batch_norm,
    "max_pool": lambda x, layer: nn.MaxPool2d(**_settings(layer)),
    "avg_pool": lambda x, layer: nn.AvgPool2d(**_settings(layer)),
    "global_pool": lambda x, layer: nn.AdaptiveAvgPool2d(1),
    "flatten": lambda x, layer: nn.Flatten(),
    "relu": lambda x, layer: nn.ReLU(),
    "dropout": lambda x, layer: nn.Dropout(),
    "residual": _residual,
}


def build(x: Tensor, layers: Sequence[Layer]) -> tuple[nn.Sequential, Tensor]:
    """The layers as a module in evaluation mode, and what it makes of x (N, C, H, W)."""
    modules: list[nn.Module] = []
    for layer in layers:
        modules.append(_BUILDERS[layer["type"]](x, layer).eval())
        with torch.no_grad():
            x = modules[-1](x)
    return nn.Sequential(*modules), x


def _image(shape: Sequence[int]) -> Tensor:
    return torch.zeros(1, *shape)


def count_params(input_shape: Sequence[int], layers: Sequence[Layer]) -> dict[str, Any]:
    """See `exercises.reference.count_params`; counts the parameters and buffers of torch modules."""
    model, _ = build(_image(input_shape), layers)
    rows = [_parameter_row(module) for module in model]
    return {"layers": rows, "total": {name: sum(row[name] for row in rows) for name in PARAMETERS}}


def _parameter_row(module: nn.Module) -> Row:
    named = {name: parameter.numel() for name, parameter in module.named_parameters()}
    weights, biases = named.get("weight", 0), named.get("bias", 0)
    buffers = sum(value.numel() for value in module.buffers() if value.ndim)  # the counter has no axes
    return dict(zip(PARAMETERS, (weights, biases, sum(named.values()), buffers), strict=True))


def count_macs(input_shape: Sequence[int], layers: Sequence[Layer]) -> dict[str, Any]:
    """See `exercises.reference.count_macs`; torch's counter sees two FLOPs a MAC, and no comparisons."""
    x = _image(input_shape)
    model, _ = build(x, layers)
    rows = []
    for module in model:
        x, row = _cost_row(module, x)
        rows.append(row)
    names = [name for name in COSTS if name != "comparisons"]
    return {"layers": rows, "total": {name: sum(row[name] for row in rows) for name in names}}


def _cost_row(module: nn.Module, x: Tensor) -> tuple[Tensor, Row]:
    """Run a layer under torch's counter, and add up what it and its parts give out."""
    sizes: list[int] = []
    hooks = [
        part.register_forward_hook(lambda _part, _inputs, output: sizes.append(output.numel()))
        for part in module.modules()
        if not isinstance(part, nn.Sequential)
    ]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        y = module(x)
    for hook in hooks:
        hook.remove()
    flops = counter.get_total_flops()
    return y, {"macs": flops // 2, "flops": flops, "activations": sum(sizes)}
