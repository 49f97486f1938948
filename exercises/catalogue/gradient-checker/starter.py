from collections.abc import Callable

import numpy as np


def grad_check(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    grad: np.ndarray,
    eps: float = 1e-5,
    samples: int = 20,
    seed: int = 0,
) -> float:
    """The largest relative error of grad against central differences of f at randomly chosen entries of x.

    x is float64, grad has its shape. Leaves x as it was. Raises ValueError for bad input.
    """
    raise NotImplementedError
