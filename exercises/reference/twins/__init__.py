"""PyTorch twins of the NumPy operations: the same names and signatures on torch tensors.

Importing needs PyTorch. Twins call PyTorch's own operations wherever it has one, so that comparing a
reference with its twin compares it with PyTorch.
"""

from exercises.reference.twins.batchnorm import batch_norm
from exercises.reference.twins.boxes import box_iou, nms
from exercises.reference.twins.convolution import conv2d, conv2d_single, convolve2d, correlate2d
from exercises.reference.twins.dropout import dropout
from exercises.reference.twins.optimisers import adamw_step
from exercises.reference.twins.pooling import max_pool2d
from exercises.reference.twins.rearranging import col2im, im2col, pixel_shuffle, pixel_unshuffle
from exercises.reference.twins.schedules import lr_at
from exercises.reference.twins.separable import depthwise_separable_conv2d
from exercises.reference.twins.transposed import conv_transpose2d

__all__ = [
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
    "im2col",
    "lr_at",
    "max_pool2d",
    "nms",
    "pixel_shuffle",
    "pixel_unshuffle",
]
