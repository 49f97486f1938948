"""PyTorch: fused element-wise operations (lerp, addcmul, addcdiv), for arrays and tensors."""

import numpy as np
import torch
from torch import Tensor

Array = np.ndarray | Tensor


def adamw_step(
    w: Array,
    g: Array,
    m: Array,
    v: Array,
    t: int,
    lr: float,
    b1: float,
    b2: float,
    eps: float,
    wd: float,
    decoupled: bool,
) -> tuple[Array, Array, Array]:
    if not isinstance(w, Tensor):
        tensors = [torch.from_numpy(x.copy()) for x in (w, g, m, v)]
        new_w, new_m, new_v = adamw_step(*tensors, t, lr, b1, b2, eps, wd, decoupled)
        return new_w.numpy(), new_m.numpy(), new_v.numpy()
    if not w.shape == g.shape == m.shape == v.shape:
        raise ValueError("w, g, m and v must have one shape")
    if t < 1 or not 0 <= b1 < 1 or not 0 <= b2 < 1:
        raise ValueError("need t >= 1 and b1, b2 in [0, 1)")
    gradient = g if decoupled else g.add(w, alpha=wd)
    new_m = m.lerp(gradient, 1 - b1)
    new_v = (b2 * v).addcmul_(gradient, gradient, value=1 - b2)
    denominator = (new_v / (1 - b2**t)).sqrt_().add_(eps)
    shrunk = w * (1 - lr * wd) if decoupled else w.clone()
    new_w = shrunk.addcdiv_(new_m, denominator, value=-lr / (1 - b1**t))
    return new_w, new_m, new_v
