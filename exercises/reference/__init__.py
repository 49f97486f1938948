"""The reference implementation: operations of convolutional networks in NumPy, and integer arithmetic.

`exercises.reference.twins` holds PyTorch twins of them; nothing else here imports torch.
"""

from exercises.reference.batchnorm import BatchNorm2d, batch_norm
from exercises.reference.boxes import box_iou, nms
from exercises.reference.convolution import conv2d, conv2d_single
from exercises.reference.dropout import dropout
from exercises.reference.metrics import precision_recall_f1
from exercises.reference.optimisers import adamw_step
from exercises.reference.pooling import max_pool2d
from exercises.reference.schedules import lr_at
from exercises.reference.shapes import output_shape, receptive_field

__all__ = [
    "BatchNorm2d",
    "adamw_step",
    "batch_norm",
    "box_iou",
    "conv2d",
    "conv2d_single",
    "dropout",
    "lr_at",
    "max_pool2d",
    "nms",
    "output_shape",
    "precision_recall_f1",
    "receptive_field",
]
