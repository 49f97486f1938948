"""The timed call: a dense layer whose arithmetic outweighs the transport of its arrays."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("conv2d", "32 filters of 3x3 over 32 channels, four images of 32x32, padding 1, float32")
def layer(rng):
    x = rng.standard_normal((4, 32, 32, 32), dtype=np.float32)
    w = rng.standard_normal((32, 32, 3, 3), dtype=np.float32)
    b = rng.standard_normal(32, dtype=np.float32)
    exact = reference.conv2d(*(array.astype(np.float64) for array in (x, w, b)), padding=1)
    return Call((x, w, b), {"padding": 1}, exact.astype(np.float32), rtol=1e-4, atol=1e-3)
