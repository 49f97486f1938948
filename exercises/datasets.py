"""Real data for checks that train: read from files beside this module, never from the network."""

from functools import lru_cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent / "data"


@lru_cache(maxsize=1)
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The 1,797 handwritten digits that scikit-learn ships: images (1797, 1, 8, 8) float32 from 0 to 1, and
    labels (1797,) int64.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, 1998 (its test part), https://doi.org/10.24432/C50P49, CC BY 4.0. The values are stored as
    they are, 0 to 16, and divided by 16 here. The arrays are read-only.
    """
    with np.load(DATA / "digits.npz", allow_pickle=False) as stored:
        images = (stored["images"] / 16).astype(np.float32)[:, None]
        labels = stored["labels"].astype(np.int64)
    images.flags.writeable = labels.flags.writeable = False
    return images, labels
