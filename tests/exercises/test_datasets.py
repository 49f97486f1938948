import numpy as np
import pytest

from exercises import datasets


def test_the_digits_are_those_of_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    images, labels = datasets.digits()
    assert (images.shape, images.dtype) == ((1797, 1, 8, 8), np.float32)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    np.testing.assert_array_equal(images[:, 0] * 16, theirs.images)
    np.testing.assert_array_equal(labels, theirs.target)


def test_nobody_can_change_the_digits_for_others():
    for array in datasets.digits():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
