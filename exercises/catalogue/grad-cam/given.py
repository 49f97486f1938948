"""A small classifier to explain, importable as `given`."""

from torch import Tensor, nn


class Net(nn.Module):
    """Images (N, C, H, W) to logits (N, classes). `state` is its state dict, `inplace` how its ReLU works."""

    def __init__(self, state: dict[str, Tensor], inplace: bool = False) -> None:
        super().__init__()
        maps, channels = state["conv.weight"].shape[:2]
        classes, features = state["head.weight"].shape
        self.conv = nn.Conv2d(channels, maps, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(maps)
        self.relu = nn.ReLU(inplace)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(features, classes)
        self.spare = nn.Conv2d(channels, maps, 1)  # forward does not use it
        self.to(state["head.weight"])
        self.load_state_dict(state, strict=False)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.relu(self.norm(self.conv(x)))
        return self.head(self.dropout(maps).flatten(1))

    def traces(self) -> dict[str, object]:
        """Everything that a look at the network could leave behind in it."""
        named = dict(self.named_parameters())
        hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
        return {
            "training": {name or "net": module.training for name, module in self.named_modules()},
            "hooks": sum(len(getattr(module, kind)) for module in self.modules() for kind in hooks),
            "gradients": {name: value.grad for name, value in named.items()},
            "trainable": {name: value.requires_grad for name, value in named.items()},
            "state": {name: value.clone() for name, value in self.state_dict().items()},
        }

    def learn(self, x: Tensor) -> None:
        """One backward pass of training, which fills the parameters' gradients."""
        self(x).square().sum().backward()

    def freeze(self) -> None:
        """Stop training all parameters, as for a deployed network."""
        for parameter in self.parameters():
            parameter.requires_grad_(False)
