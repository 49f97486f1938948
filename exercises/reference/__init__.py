"""The reference implementation: operations of convolutional networks in NumPy, and integer arithmetic.

`exercises.reference.twins` holds PyTorch twins of them; nothing else here imports torch.
"""

from exercises.reference.batchnorm import BatchNorm2d, batch_norm
from exercises.reference.boxes import box_iou, nms
from exercises.reference.convolution import conv2d, conv2d_single, convolve2d, correlate2d, expand_kernel
from exercises.reference.dropout import dropout
from exercises.reference.metrics import precision_recall_f1
from exercises.reference.optimisers import adamw_step
from exercises.reference.pooling import max_pool2d
from exercises.reference.rearranging import col2im, im2col, pixel_shuffle, pixel_unshuffle
from exercises.reference.schedules import lr_at
from exercises.reference.separable import depthwise_separable_conv2d, separable_cost
from exercises.reference.shapes import output_shape, receptive_field
from exercises.reference.transposed import conv_transpose2d

__all__ = [
    "BatchNorm2d",
    "adamw_step",
    "batch_norm",
    "box_iou",
    "col2im",
    "conv2d",
    "conv2d_single",
    "conv_transpose2d",
    "convolve2d",
    "correlate2d",
    "depthwise_separable_conv2d",
    "dropout",
    "expand_kernel",
    "im2col",
    "lr_at",
    "max_pool2d",
    "nms",
    "output_shape",
    "pixel_shuffle",
    "pixel_unshuffle",
    "precision_recall_f1",
    "receptive_field",
    "separable_cost",
]
