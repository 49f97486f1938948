"""PyTorch twins of operations on boxes. PyTorch has none itself: they are made of its tensor operations."""

import torch


def box_iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """See `exercises.reference.box_iou`; pairs are laid out one below the other."""
    left, right = a.repeat_interleave(len(b), dim=0), b.repeat(len(a), 1)
    x1, y1, x2, y2 = (
        torch.maximum(left[:, 0], right[:, 0]),
        torch.maximum(left[:, 1], right[:, 1]),
        torch.minimum(left[:, 2], right[:, 2]),
        torch.minimum(left[:, 3], right[:, 3]),
    )
    shared = torch.relu(x2 - x1) * torch.relu(y2 - y1)
    union = _area(left) + _area(right) - shared
    return torch.where(union > 0, shared / union, torch.zeros_like(shared)).reshape(len(a), len(b))


def nms(boxes: torch.Tensor, scores: torch.Tensor, classes: torch.Tensor | None, thr: float) -> torch.Tensor:
    """See `exercises.reference.nms`; looks at one pair of boxes after the other, as the definition does."""
    kept: list[int] = []
    for index in torch.sort(scores, descending=True, stable=True).indices.tolist():
        rivals = [other for other in kept if classes is None or classes[other] == classes[index]]
        if not any(box_iou(boxes[[index]], boxes[[other]]).item() > thr for other in rivals):
            kept.append(index)
    return torch.tensor(kept, dtype=torch.int64)


def _area(boxes: torch.Tensor) -> torch.Tensor:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
