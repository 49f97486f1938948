"""You gave back a NumPy array where tensors came in.

Detectors call this on the device where the boxes lie, many times a step; a way back to NumPy copies
everything to the CPU and waits for it. Return the tensor.
"""

import torch


def checked(boxes):
    boxes = torch.as_tensor(boxes)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have shape (N, 4)")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")
    return boxes


def box_iou(a, b):
    a, b = checked(a), checked(b)
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(dim=1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1] - shared
    return torch.where(shared > 0, shared / union, 0).cpu().numpy()
