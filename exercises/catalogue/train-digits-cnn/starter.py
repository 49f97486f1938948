from torch import Tensor, nn


def train_digits(x: Tensor, y: Tensor, seed: int) -> nn.Module:
    """Train a convolutional network on images x (N, 1, 8, 8) float32 with labels y (N,) int64.

    Returns it in evaluation mode, mapping images (M, 1, 8, 8) to logits (M, 10). The same seed gives the same
    network. Raises ValueError for bad input.
    """
    raise NotImplementedError
