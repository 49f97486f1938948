"""The timed call: a layer with so few filters that building the matrix takes longer than the product."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("conv2d", "8 filters of 3x3 with padding 1 over 32 maps of 56x56, float32")
def few_filters(rng):
    x = rng.standard_normal((1, 32, 56, 56), dtype=np.float32)
    w = rng.standard_normal((8, 32, 3, 3), dtype=np.float32)
    expected = reference.conv2d(x.astype(np.float64), w.astype(np.float64), padding=1)
    return Call((x, w), {"padding": 1}, expected=expected.astype(np.float32), rtol=1e-4, atol=1e-4)
