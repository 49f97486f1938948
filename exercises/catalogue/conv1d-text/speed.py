"""The timed call: sentences of different lengths, as they come in a batch."""

import numpy as np

from exercises import reference
from exercises.timing import Call, timed


@timed("conv1d_text", "16 filters over 5 tokens, 64 sentences of up to 128 tokens of 32 numbers, float32")
def sentences(rng):
    emb = rng.standard_normal((64, 128, 32), dtype=np.float32)
    w = rng.standard_normal((16, 32, 5), dtype=np.float32)
    b = rng.standard_normal(16, dtype=np.float32)
    mask = np.arange(128) < rng.integers(64, 129, size=(64, 1))
    exact = reference.conv1d_text(*(array.astype(np.float64) for array in (emb, w, b)), mask)
    return Call((emb, w, b, mask), {}, exact.astype(np.float32), rtol=1e-4, atol=1e-3)
