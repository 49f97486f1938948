"""The model and the training loop of the cases, importable as `given`."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Net(nn.Module):
    """Images (N, 1, 8, 8) to logits (N, 10): a convolutional backbone and a small head."""

    def __init__(self, head_norm: bool = False, dropout: float = 0.5) -> None:
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Sequential(nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU()),
            nn.Sequential(
                nn.Conv2d(6, 12, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(12), nn.ReLU()
            ),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.BatchNorm1d(48),
        )
        norm = nn.BatchNorm1d(48) if head_norm else nn.Identity()
        self.head = nn.Sequential(norm, nn.Dropout(dropout), nn.Linear(48, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x))


class Parts(nn.Module):
    """A backbone and a head of any kind."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x))


def bare() -> Parts:
    """A model whose backbone is one batch norm, for x (N, 4)."""
    torch.manual_seed(0)
    return Parts(nn.BatchNorm1d(4), nn.Linear(4, 10))


def video() -> Parts:
    """A model with a batch norm over volumes, for x (N, 1, D, H, W)."""
    torch.manual_seed(0)
    pooled = nn.Sequential(nn.Sequential(nn.BatchNorm3d(3), nn.ReLU()), nn.AdaptiveAvgPool3d(1), nn.Flatten())
    return Parts(nn.Sequential(nn.Conv3d(1, 3, 2), pooled), nn.Linear(3, 10))


def load(state: dict[str, Tensor], head_norm: bool = False, dropout: float = 0.5) -> Net:
    """A net with this state of its backbone, on the device of that state; its head is fresh."""
    torch.manual_seed(0)
    model = Net(head_norm, dropout).to(next(iter(state.values())).device)
    model.backbone.load_state_dict(state)
    return model


def train(model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, labels: Tensor, steps: int) -> None:
    """So many steps on one batch, as any training loop makes them."""
    for _ in range(steps):
        model.train()
        optimizer.zero_grad()
        functional.cross_entropy(model(x), labels).backward()
        optimizer.step()


def logits(model: nn.Module, x: Tensor, training: bool | None = None) -> Tensor:
    """The model's answer in a mode, or as it is, without gradients."""
    if training is not None:
        model.train(training)
    with torch.no_grad():
        return model(x)


def state(module: nn.Module) -> dict[str, Tensor]:
    """Copies of all parameters and buffers."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def modes(module: nn.Module) -> dict[str, bool]:
    """Whether each part without parts of its own is in training mode."""
    return {name: part.training for name, part in module.named_modules() if not list(part.children())}


def recording(model: nn.Module) -> dict[str, bool]:
    """Whether each parameter requires a gradient."""
    return {name: parameter.requires_grad for name, parameter in model.named_parameters()}


def freeze(module: nn.Module) -> None:
    """Let no parameter require a gradient."""
    for parameter in module.parameters():
        parameter.requires_grad_(False)


def optimised(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[str]:
    """The names of the parameters that an optimizer holds, "unknown" for one that the model does not have."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    held = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return sorted(names.get(id(parameter), "unknown") for parameter in held)


def rates(optimizer: torch.optim.Optimizer) -> list[float]:
    """The learning rate of each group of parameters."""
    return [float(group["lr"]) for group in optimizer.param_groups]


def without(model: nn.Module, name: str) -> nn.Module:
    """The model after one of its parts was taken away."""
    delattr(model, name)
    return model
