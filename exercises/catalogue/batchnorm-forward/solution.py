import numpy as np


class BatchNorm2d:
    """Batch norm over images (N, C, H, W) with gamma, beta, running_mean, running_var, each (C,)."""

    def __init__(self, C: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(C)
        self.beta = np.zeros(C)
        self.running_mean = np.zeros(C)
        self.running_var = np.ones(C)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        """Normalise x; while training, with batch statistics, and move the running ones.

        Raises ValueError for a wrong shape and for a single value per channel while training.
        """
        if x.ndim != 4 or x.shape[1] != len(self.running_mean):
            raise ValueError(f"x must be (N, {len(self.running_mean)}, H, W), got shape {x.shape}")
        mean, var = self.batch_statistics(x) if training else (self.running_mean, self.running_var)
        scale = self.gamma / np.sqrt(var + self.eps)
        y = (x - per_channel(mean)) * per_channel(scale) + per_channel(self.beta)
        return y.astype(x.dtype, copy=False)

    def batch_statistics(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and biased variance of the batch; moves the running values."""
        count = x.shape[0] * x.shape[2] * x.shape[3]
        if count < 2:
            raise ValueError("training needs at least two values per channel")
        mean = x.mean(axis=(0, 2, 3), dtype=np.float64)
        var = x.var(axis=(0, 2, 3), dtype=np.float64)
        keep = 1 - self.momentum
        self.running_mean = keep * self.running_mean + self.momentum * mean
        self.running_var = keep * self.running_var + self.momentum * var * count / (count - 1)
        return mean, var


def per_channel(values: np.ndarray) -> np.ndarray:
    """Reshape (C,) so that it broadcasts over (N, C, H, W)."""
    return values.reshape(1, -1, 1, 1)
