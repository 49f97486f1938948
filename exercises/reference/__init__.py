"""The reference implementation: operations of convolutional networks in NumPy, and integer arithmetic.

`exercises.reference.twins` holds PyTorch twins of them; nothing else here imports torch.
"""

from exercises.reference.batchnorm import BatchNorm2d, batch_norm
from exercises.reference.convolution import conv2d, conv2d_single
from exercises.reference.dropout import dropout
from exercises.reference.pooling import max_pool2d
from exercises.reference.shapes import output_shape, receptive_field

__all__ = [
    "BatchNorm2d",
    "batch_norm",
    "conv2d",
    "conv2d_single",
    "dropout",
    "max_pool2d",
    "output_shape",
    "receptive_field",
]
