"""The serving code of the incident, importable as `given`. Repair its objects, not the code."""

import torch
from torch import Tensor, nn


class SampledDropout(nn.Dropout):
    """Left over from an experiment that averaged several random answers."""

    def train(self, mode: bool = True) -> nn.Module:
        return super().train(True)


class DigitNet(nn.Module):
    """Images (N, 1, 8, 8) to logits (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(),
            nn.Conv2d(6, 12, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(12),
            nn.ReLU(),
            nn.AvgPool2d(2),
        )
        self.dropout = SampledDropout(0.5)
        self.head = nn.Linear(48, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.features(x).flatten(1)))


class Server:
    """Answers requests with a trained DigitNet; `checkpoint` is its state dict as stored after training."""

    def __init__(self, checkpoint: dict[str, Tensor], hotfix: bool = False) -> None:
        self.checkpoint = {name: value.clone() for name, value in checkpoint.items()}
        self.model = DigitNet().to(checkpoint["head.weight"].device)
        self.model.load_state_dict(self.checkpoint)
        self.after_request = [self.adapt]
        if hotfix:  # the first attempt at a repair
            self.model.eval()
        torch.manual_seed(0)

    def adapt(self) -> None:
        """Keep the normalisation close to the live traffic."""
        self.model.features.train()

    def predict(self, x: Tensor) -> Tensor:
        """Logits (N, 10) for a request of N images."""
        logits = self.model(x)
        for callback in self.after_request:
            callback()
        return logits

    def modes(self) -> dict[str, bool]:
        """Whether each module is in training mode."""
        return {name or "model": module.training for name, module in self.model.named_modules()}

    def statistics(self) -> dict[str, Tensor]:
        """The running statistics as they are now."""
        return {name: value for name, value in self.model.named_buffers() if "running" in name}

    def weights(self) -> dict[str, Tensor]:
        """The learned parameters as they are now."""
        return dict(self.model.named_parameters())
