import numpy as np


def adamw_step(
    w: np.ndarray,
    g: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    lr: float,
    b1: float,
    b2: float,
    eps: float,
    wd: float,
    decoupled: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of Adam on weights w with gradient g, with decoupled weight decay or with L2.

    All arrays have one shape. Returns the new weights and both moments, none of them bias-corrected. Raises
    ValueError for shapes that differ, t below 1, and b1 or b2 outside [0, 1).
    """
    raise NotImplementedError
