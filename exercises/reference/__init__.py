"""The reference implementation: operations of convolutional networks in NumPy, and integer arithmetic.

`exercises.reference.twins` holds PyTorch twins of them; nothing else here imports torch.
"""

from exercises.reference.activations import activation, log_softmax, sigmoid, softmax
from exercises.reference.adversarial import attack
from exercises.reference.batchnorm import BatchNorm2d, batch_norm
from exercises.reference.blocks import (
    basic_block,
    basic_block_shapes,
    bottleneck,
    bottleneck_shapes,
    inception,
    inception_shapes,
    se_block,
    se_gates,
    se_shapes,
)
from exercises.reference.boxes import box_iou, nms
from exercises.reference.class_weights import class_weights, sample_weights
from exercises.reference.convolution import conv2d, conv2d_single, convolve2d, correlate2d, expand_kernel
from exercises.reference.counting import count_macs, count_params
from exercises.reference.differences import gradient_errors
from exercises.reference.dropout import dropout, spatial_dropout
from exercises.reference.explaining import class_activation_map, resize_bilinear
from exercises.reference.focal import focal_loss
from exercises.reference.folding import fold_bn
from exercises.reference.global_pooling import global_pool
from exercises.reference.gradients import (
    batch_norm_backward,
    conv2d_backward,
    dropout_backward,
    max_pool2d_backward,
)
from exercises.reference.initialisation import init_weights
from exercises.reference.losses import softmax_cross_entropy
from exercises.reference.metrics import precision_recall_f1
from exercises.reference.normalisation import lrn
from exercises.reference.optimisers import adamw_step
from exercises.reference.pictures import filter_grid
from exercises.reference.pooling import avg_pool2d, max_pool2d
from exercises.reference.quantisation import dequantize, quantize
from exercises.reference.rearranging import col2im, im2col, pixel_shuffle, pixel_unshuffle
from exercises.reference.schedules import lr_at
from exercises.reference.separable import depthwise_separable_conv2d, separable_cost
from exercises.reference.sequence import conv1d_text
from exercises.reference.shapes import output_shape, receptive_field
from exercises.reference.transposed import conv_transpose2d

__all__ = [
    "BatchNorm2d",
    "activation",
    "adamw_step",
    "attack",
    "avg_pool2d",
    "basic_block",
    "basic_block_shapes",
    "batch_norm",
    "batch_norm_backward",
    "bottleneck",
    "bottleneck_shapes",
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
    "expand_kernel",
    "filter_grid",
    "focal_loss",
    "fold_bn",
    "global_pool",
    "gradient_errors",
    "im2col",
    "inception",
    "inception_shapes",
    "init_weights",
    "log_softmax",
    "lr_at",
    "lrn",
    "max_pool2d",
    "max_pool2d_backward",
    "nms",
    "output_shape",
    "pixel_shuffle",
    "pixel_unshuffle",
    "precision_recall_f1",
    "quantize",
    "receptive_field",
    "resize_bilinear",
    "sample_weights",
    "se_block",
    "se_gates",
    "se_shapes",
    "separable_cost",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "spatial_dropout",
]
