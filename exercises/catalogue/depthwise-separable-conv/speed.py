"""The timed call: a layer in the middle of a small MobileNet, two images."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("ds_conv", "3x3 depthwise with padding 1, then 32 to 64 channels, two images of 28x28, float32")
def middle_layer(rng):
    shapes = (2, 32, 28, 28), (32, 1, 3, 3), (64, 32, 1, 1)
    arrays = [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]
    wide = [array.astype(np.float64) for array in arrays]
    expected = reference.depthwise_separable_conv2d(*wide, padding=1).astype(np.float32)
    return Call(tuple(arrays), {"padding": 1}, expected, rtol=1e-4, atol=1e-4)
