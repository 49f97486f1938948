import torch


def checked(boxes: torch.Tensor) -> torch.Tensor:
    """The boxes (N, 4) as a tensor. Raises ValueError for other shapes and for corners in the wrong order."""
    boxes = torch.as_tensor(boxes)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {tuple(boxes.shape)}")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        raise ValueError("a box has x2 < x1 or y2 < y1")
    return boxes


def box_iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """IoU of every box of a (N, 4) with every box of b (M, 4), boxes given as (x1, y1, x2, y2).

    Returns (N, M) in the dtype of a, on its device. Raises ValueError for other shapes and for corners in the
    wrong order.
    """
    a, b = checked(a), checked(b)
    low = torch.maximum(a[:, None, :2], b[:, :2])
    high = torch.minimum(a[:, None, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(dim=1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1] - shared
    return torch.where(union > 0, shared / union, 0)
