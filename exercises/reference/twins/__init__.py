"""PyTorch twins of the NumPy operations: the same names and signatures on torch tensors.

Importing needs PyTorch. Twins call PyTorch's own operations wherever it has one, so that comparing a
reference with its twin compares it with PyTorch.
"""

from exercises.reference.twins.batchnorm import batch_norm
from exercises.reference.twins.boxes import box_iou, nms
from exercises.reference.twins.convolution import conv2d, conv2d_single
from exercises.reference.twins.dropout import dropout
from exercises.reference.twins.optimisers import adamw_step
from exercises.reference.twins.pooling import max_pool2d
from exercises.reference.twins.schedules import lr_at

__all__ = [
    "adamw_step",
    "batch_norm",
    "box_iou",
    "conv2d",
    "conv2d_single",
    "dropout",
    "lr_at",
    "max_pool2d",
    "nms",
]
