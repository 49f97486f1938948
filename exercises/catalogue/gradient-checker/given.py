"""The functions whose gradients are checked. Each keeps track of the calls that it gets."""

import numpy as np


class Function:
    """A function of an array of the shape of `x`.

    `moves` holds, for each call, the entries that differed from `x`, and by how much.
    """

    def __init__(self, x: np.ndarray) -> None:
        self.x = x.copy()
        self.moves: list[list[tuple[int, float]]] = []

    def __call__(self, x: np.ndarray) -> float:
        if x.shape != self.x.shape:
            raise ValueError(f"f takes arrays of shape {self.x.shape}, got {x.shape}")
        changed = np.flatnonzero(x != self.x)[:3]
        self.moves.append([(int(index), float(x.flat[index] - self.x.flat[index])) for index in changed])
        return self.value(x)


class Polynomial(Function):
    """The sum of linear * x + square * x**2 + cube * x**3 over all entries."""

    def __init__(self, x: np.ndarray, linear: np.ndarray, square: np.ndarray, cube: np.ndarray) -> None:
        super().__init__(x)
        self.linear, self.square, self.cube = linear, square, cube

    def value(self, x: np.ndarray) -> float:
        return (self.linear * x + self.square * x**2 + self.cube * x**3).sum()


class ConvLoss(Function):
    """Half the mean squared distance of the image, convolved with the kernel x, from a target."""

    def __init__(self, x: np.ndarray, image: np.ndarray, target: np.ndarray) -> None:
        super().__init__(x)
        self.windows = np.lib.stride_tricks.sliding_window_view(image, x.shape)
        self.target = target

    def value(self, x: np.ndarray) -> float:
        return float(((np.tensordot(self.windows, x) - self.target) ** 2).mean() / 2)


class CrossEntropy(Function):
    """Mean cross-entropy of the logits x with class indices."""

    def __init__(self, x: np.ndarray, labels: np.ndarray) -> None:
        super().__init__(x)
        self.labels = labels

    def value(self, x: np.ndarray) -> float:
        log_sums = np.log(np.exp(x).sum(axis=1))
        return float((log_sums - x[np.arange(len(x)), self.labels]).mean())


class Constant(Function):
    """The same number everywhere, which may be NaN or infinite."""

    def __init__(self, x: np.ndarray, number: float) -> None:
        super().__init__(x)
        self.number = number

    def value(self, x: np.ndarray) -> float:
        return self.number
