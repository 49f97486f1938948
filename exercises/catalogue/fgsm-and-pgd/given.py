"""Two classifiers to attack, importable as `given`."""

from torch import Tensor, nn


class LinearNet(nn.Module):
    """Images (N, 1, H, W) to logits (N, classes), linearly."""

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        classes, pixels = state["head.weight"].shape
        self.head = nn.Linear(pixels, classes)
        self.to(state["head.weight"])
        self.load_state_dict(state)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x.flatten(1))


class DigitNet(nn.Module):
    """Images (N, 1, H, W) to logits (N, classes) through one hidden layer."""

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        units, pixels = state["hidden.weight"].shape
        self.hidden = nn.Linear(pixels, units)
        self.norm = nn.BatchNorm1d(units)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(units, len(state["head.bias"]))
        self.to(state["head.weight"])
        self.load_state_dict(state, strict=False)

    def forward(self, x: Tensor) -> Tensor:
        units = self.norm(self.hidden(x.flatten(1))).relu()
        return self.head(self.dropout(units))


def traces(model: nn.Module) -> dict[str, object]:
    """Everything that an attack could leave behind in a model."""
    named = dict(model.named_parameters())
    return {
        "training": {name or "model": module.training for name, module in model.named_modules()},
        "gradients": {name: value.grad for name, value in named.items()},
        "trainable": {name: value.requires_grad for name, value in named.items()},
        "state": {name: value.clone() for name, value in model.state_dict().items()},
    }


def learn(model: nn.Module, x: Tensor) -> None:
    """One backward pass of training, which fills the parameters' gradients."""
    model(x).square().sum().backward()


def freeze(model: nn.Module) -> None:
    """Stop training all parameters, as for a deployed model."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
