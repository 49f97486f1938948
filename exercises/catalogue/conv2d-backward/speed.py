"""The timed call: a dense layer of moderate size, all three gradients."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("conv2d_backward", "16 filters of 3x3 over 16 channels, four images of 24x24, padding 1, float32")
def layer(rng):
    x = rng.standard_normal((4, 16, 24, 24), dtype=np.float32)
    w = rng.standard_normal((16, 16, 3, 3), dtype=np.float32)
    dout = rng.standard_normal((4, 16, 24, 24), dtype=np.float32)
    exact = reference.conv2d_backward(*(one.astype(np.float64) for one in (dout, x, w)), padding=1)
    expected = tuple(one.astype(np.float32) for one in exact)
    return Call((dout, x, w), {"padding": 1}, expected, rtol=1e-4, atol=1e-3)
