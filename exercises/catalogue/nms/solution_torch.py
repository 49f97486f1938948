import torch


def check_boxes(boxes: torch.Tensor) -> None:
    """Raise ValueError unless these are boxes (N, 4) with their corners in order."""
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {tuple(boxes.shape)}")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")


def clashes(boxes: torch.Tensor, thr: float) -> torch.Tensor:
    """Whether the IoU of every two of the boxes (N, 4) is above thr."""
    low = torch.maximum(boxes[:, None, :2], boxes[:, :2])
    high = torch.minimum(boxes[:, None, 2:], boxes[:, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
    return shared > thr * (area[:, None] + area - shared)


def nms(boxes: torch.Tensor, scores: torch.Tensor, classes: torch.Tensor | None, thr: float) -> torch.Tensor:
    """Greedy non-maximum suppression of boxes (N, 4) with scores (N,), per class if classes (N,) are given.

    Returns the indices of the kept boxes by falling score, an int64 tensor (K,) on the device of the boxes.
    Raises ValueError for wrong shapes, corners in the wrong order and a threshold outside [0, 1].
    """
    boxes, scores = torch.as_tensor(boxes), torch.as_tensor(scores)
    classes = torch.zeros_like(scores) if classes is None else torch.as_tensor(classes)
    check_boxes(boxes)
    if scores.shape != boxes.shape[:1] or classes.shape != boxes.shape[:1]:
        raise ValueError(f"scores and classes must have shape {tuple(boxes.shape[:1])}")
    if not 0 <= thr <= 1:
        raise ValueError(f"thr must lie in [0, 1], got {thr}")
    order = torch.sort(scores, descending=True, stable=True).indices
    classes = classes[order]
    drops = (clashes(boxes[order], thr) & (classes[:, None] == classes)).triu(1)
    # The device compares all pairs at once; the greedy choice has to wait for itself, so it runs on the CPU.
    alive = torch.ones(len(order), dtype=torch.bool)
    for rank, row in enumerate(drops.cpu()):
        if alive[rank]:
            alive &= ~row
    return order[alive.to(order.device)]
