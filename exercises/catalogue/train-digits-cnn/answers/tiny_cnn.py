"""Two convolutions with batch norm and fewer than 2,000 parameters, trained with label smoothing."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

EPOCHS = 60
BATCH = 128
PEAK_RATE = 0.03


def build() -> nn.Module:
    """1x8x8 -> 10x8x8 -> 10x4x4 -> 12x4x4 -> 12x2x2 -> 10 logits."""
    return nn.Sequential(
        nn.Conv2d(1, 10, 3, padding=1, bias=False),
        nn.BatchNorm2d(10),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(10, 12, 3, padding=1, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(48, 10),
    )


def train_digits(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    """Train a convolutional network on images x (N, 1, 8, 8) float32 with labels y (N,) int64."""
    if x.ndim != 4 or len(x) < 1 or x.shape[1:] != (1, 8, 8):
        raise ValueError(f"images (N, 1, 8, 8) are needed, not {tuple(x.shape)}")
    if y.shape != x.shape[:1]:
        raise ValueError(f"a label for each image is needed, not {tuple(y.shape)}")
    if y.min() < 0 or y.max() > 9:
        raise ValueError("labels have to be from 0 to 9")

    images, labels = x.cpu(), y.cpu()  # small enough for the CPU, where training is reproducible
    steps_per_epoch = -(-len(images) // BATCH)
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        net = build().train()
        optimiser = torch.optim.AdamW(net.parameters(), weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, PEAK_RATE, epochs=EPOCHS, steps_per_epoch=steps_per_epoch
        )
        for _ in range(EPOCHS):
            for batch in torch.randperm(len(images)).split(BATCH):
                loss = cross_entropy(net(images[batch]), labels[batch], label_smoothing=0.1)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
    return net.eval().to(x.device)
