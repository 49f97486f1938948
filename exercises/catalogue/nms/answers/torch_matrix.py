"""PyTorch: one matrix of all pairs that may drop each other, then a walk down its rows."""

import numpy as np
import torch
from torch import Tensor


def nms(
    boxes: np.ndarray | Tensor, scores: np.ndarray | Tensor, classes: np.ndarray | Tensor | None, thr: float
) -> np.ndarray | Tensor:
    if not isinstance(boxes, Tensor):
        tensors = [
            None if value is None else torch.from_numpy(value.copy()) for value in (boxes, scores, classes)
        ]
        return nms(*tensors, thr).numpy()
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must be of shape (N, 4)")
    if any(value is not None and value.shape != boxes.shape[:1] for value in (scores, classes)):
        raise ValueError("scores and classes must be of shape (N,)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("corners are in the wrong order")
    if not 0 <= thr <= 1:
        raise ValueError("thr must lie in [0, 1]")

    order = torch.argsort(scores, descending=True, stable=True)
    x1, y1, x2, y2 = boxes[order].double().unbind(1)
    width = torch.minimum(x2[:, None], x2) - torch.maximum(x1[:, None], x1)
    height = torch.minimum(y2[:, None], y2) - torch.maximum(y1[:, None], y1)
    intersection = width.clamp_(min=0) * height.clamp_(min=0)
    areas = (x2 - x1) * (y2 - y1)
    drops = intersection > thr * (areas[:, None] + areas - intersection)
    if classes is not None:
        labels = classes[order]
        drops &= labels[:, None] == labels
    drops = drops.triu(diagonal=1).cpu().numpy()  # a box can drop those after it only

    alive = np.ones(len(order), dtype=bool)
    for i, row in enumerate(drops):
        if alive[i]:
            alive &= ~row
    return order[torch.from_numpy(alive).to(order.device)]
