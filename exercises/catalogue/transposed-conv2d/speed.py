"""The timed call: a layer that doubles the resolution, as in a decoder."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("conv_transpose2d", "16 to 16 channels, 24x24 to 48x48, kernel 4, stride 2, padding 1, float32")
def doubling(rng):
    x = rng.standard_normal((2, 16, 24, 24), dtype=np.float32)
    w = rng.standard_normal((16, 16, 4, 4), dtype=np.float32)
    expected = reference.conv_transpose2d(x.astype(np.float64), w.astype(np.float64), 2, 1)
    return Call((x, w), {"stride": 2, "padding": 1}, expected.astype(np.float32), rtol=1e-4, atol=1e-4)
