"""Your result is a tensor of floats when there are no boxes.

`torch.tensor([])` cannot know what it would have held and takes float32, with which nothing can be
indexed. Give the dtype: `torch.tensor(kept, dtype=torch.int64)`.
"""

import torch


def check(boxes, scores, classes, thr):
    if boxes.ndim != 2 or boxes.shape[1] != 4 or (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("boxes must have shape (N, 4) with x1 <= x2 and y1 <= y2")
    if scores.shape != boxes.shape[:1] or classes.shape != boxes.shape[:1] or not 0 <= thr <= 1:
        raise ValueError("scores and classes need one entry a box, thr lies in [0, 1]")


def nms(boxes, scores, classes, thr):
    boxes, scores = torch.as_tensor(boxes), torch.as_tensor(scores)
    classes = torch.zeros_like(scores) if classes is None else torch.as_tensor(classes)
    check(boxes, scores, classes, thr)
    waiting = torch.sort(scores, descending=True, stable=True).indices
    kept = []
    while waiting.numel():
        best, waiting = waiting[0], waiting[1:]
        kept.append(best.item())
        low = torch.maximum(boxes[best, :2], boxes[waiting, :2])
        high = torch.minimum(boxes[best, 2:], boxes[waiting, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
        union = areas[best] + areas[waiting] - shared
        drop = (shared > thr * union) & (classes[waiting] == classes[best])
        waiting = waiting[~drop]
    return torch.tensor(kept, device=boxes.device)
