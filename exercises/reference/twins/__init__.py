"""PyTorch twins of the NumPy operations: the same names and signatures on torch tensors.

Importing needs PyTorch. Twins call PyTorch's own operations wherever it has one, so that comparing a
reference with its twin compares it with PyTorch.
"""

from exercises.reference.twins.activations import activation, log_softmax, sigmoid, softmax
from exercises.reference.twins.batchnorm import batch_norm
from exercises.reference.twins.blocks import basic_block, bottleneck, inception, se_block
from exercises.reference.twins.boxes import box_iou, nms
from exercises.reference.twins.class_weights import class_weights, sample_weights
from exercises.reference.twins.convolution import conv2d, conv2d_single, convolve2d, correlate2d
from exercises.reference.twins.counting import count_macs, count_params
from exercises.reference.twins.dropout import dropout, spatial_dropout
from exercises.reference.twins.explaining import class_activation_map, resize_bilinear
from exercises.reference.twins.focal import focal_loss
from exercises.reference.twins.folding import fold_bn
from exercises.reference.twins.global_pooling import global_pool
from exercises.reference.twins.gradients import (
    batch_norm_backward,
    conv2d_backward,
    dropout_backward,
    gradient_errors,
    max_pool2d_backward,
)
from exercises.reference.twins.initialisation import init_weights
from exercises.reference.twins.losses import softmax_cross_entropy
from exercises.reference.twins.normalisation import lrn
from exercises.reference.twins.optimisers import adamw_step
from exercises.reference.twins.pictures import filter_grid
from exercises.reference.twins.pooling import avg_pool2d, max_pool2d
from exercises.reference.twins.quantisation import dequantize, quantize
from exercises.reference.twins.rearranging import col2im, im2col, pixel_shuffle, pixel_unshuffle
from exercises.reference.twins.schedules import lr_at
from exercises.reference.twins.separable import depthwise_separable_conv2d
from exercises.reference.twins.sequence import conv1d_text
from exercises.reference.twins.transposed import conv_transpose2d

__all__ = [
    "activation",
    "adamw_step",
    "avg_pool2d",
    "basic_block",
    "batch_norm",
    "batch_norm_backward",
    "bottleneck",
    "box_iou",
    "class_activation_map",
    "class_weights",
    "col2im",
    "conv1d_text",
    "conv2d",
    "conv2d_backward",
    "conv2d_single",
    "conv_transpose2d",
    "convolve2d",
    "correlate2d",
    "count_macs",
    "count_params",
    "depthwise_separable_conv2d",
    "dequantize",
    "dropout",
    "dropout_backward",
    "filter_grid",
    "focal_loss",
    "fold_bn",
    "global_pool",
    "gradient_errors",
    "im2col",
    "inception",
    "init_weights",
    "log_softmax",
    "lr_at",
    "lrn",
    "max_pool2d",
    "max_pool2d_backward",
    "nms",
    "pixel_shuffle",
    "pixel_unshuffle",
    "quantize",
    "resize_bilinear",
    "sample_weights",
    "se_block",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "spatial_dropout",
]
