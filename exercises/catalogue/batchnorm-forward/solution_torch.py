import torch


class BatchNorm2d:
    """Batch norm over images (N, C, H, W) with gamma, beta, running_mean, running_var, each (C,)."""

    def __init__(self, C: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps = eps
        self.momentum = momentum
        self.gamma = torch.ones(C, dtype=torch.float64)
        self.beta = torch.zeros(C, dtype=torch.float64)
        self.running_mean = torch.zeros(C, dtype=torch.float64)
        self.running_var = torch.ones(C, dtype=torch.float64)

    def forward(self, x: torch.Tensor, training: bool) -> torch.Tensor:
        """Normalise x; while training, with batch statistics, and move the running ones.

        Raises ValueError for a wrong shape and for a single value per channel while training.
        """
        x = torch.as_tensor(x)
        if x.ndim != 4 or x.shape[1] != len(self.running_mean):
            raise ValueError(f"x must be (N, {len(self.running_mean)}, H, W), got shape {x.shape}")
        # Whoever uses the layer may have assigned arrays, or tensors on another device.
        gamma, beta = (torch.as_tensor(values, device=x.device) for values in (self.gamma, self.beta))
        mean, var = self.batch_statistics(x) if training else self.running_statistics(x)
        scale = gamma / torch.sqrt(var + self.eps)
        y = (x - per_channel(mean)) * per_channel(scale) + per_channel(beta)
        return y.to(x.dtype)

    def running_statistics(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Running mean and variance, where x lies."""
        return [torch.as_tensor(values, device=x.device) for values in (self.running_mean, self.running_var)]

    def batch_statistics(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and biased variance of the batch; moves the running values."""
        count = x.shape[0] * x.shape[2] * x.shape[3]
        if count < 2:
            raise ValueError("training needs at least two values per channel")
        var, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
        old_mean, old_var = self.running_statistics(x)
        keep = 1 - self.momentum
        self.running_mean = keep * old_mean + self.momentum * mean
        self.running_var = keep * old_var + self.momentum * var * count / (count - 1)
        return mean, var


def per_channel(values: torch.Tensor) -> torch.Tensor:
    """Reshape (C,) so that it broadcasts over (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)
