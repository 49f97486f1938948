"""PyTorch: the corners of all pairs by broadcasting (N, 1, 2) against (M, 2), for arrays and tensors."""

import numpy as np
import torch
from torch import Tensor


def box_iou(a: np.ndarray | Tensor, b: np.ndarray | Tensor) -> np.ndarray | Tensor:
    if not isinstance(a, Tensor):
        return box_iou(torch.from_numpy(a.copy()), torch.from_numpy(b.copy())).numpy()
    for boxes in (a, b):
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise ValueError("boxes must be of shape (any number, 4)")
        if (boxes[:, 2:] < boxes[:, :2]).any():
            raise ValueError("corners are in the wrong order")
    first, second = a.double(), b.double()
    top_left = torch.maximum(first[:, None, :2], second[:, :2])
    bottom_right = torch.minimum(first[:, None, 2:], second[:, 2:])
    intersection = (bottom_right - top_left).clamp(min=0).prod(dim=2)
    area_a = (first[:, 2:] - first[:, :2]).prod(dim=1)
    area_b = (second[:, 2:] - second[:, :2]).prod(dim=1)
    union = area_a[:, None] + area_b - intersection
    iou = torch.where(union > 0, intersection / union, 0.0)
    return iou.to(a.dtype)
