"""Cases for global pooling: each mode against the reference, for maps of any size from 1x1 up."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

MODES = ("avg", "max", "concat")
SAMPLE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])


def agree(candidate, x, modes=MODES, tolerance=1e-9):
    """The modes against the reference. All calls come before the first comparison."""
    found = [candidate.global_pool(x, mode) for mode in modes]
    for mode, pooled in zip(modes, found, strict=True):
        expected = reference.global_pool(x.astype(np.float64), mode)
        expect.close(pooled, expected, rtol=tolerance, atol=tolerance)
    for pooled in found:
        expect.dtype(pooled, x.dtype)


@case("average of two maps of 2x3", visible=True)
def averages(candidate, rng):
    agree(candidate, np.stack([SAMPLE, -SAMPLE])[None], ["avg"])


@case("maximum of two maps of 2x3, one of them negative", visible=True)
def maxima(candidate, rng):
    agree(candidate, np.stack([SAMPLE, -SAMPLE])[None], ["max"])


@case("both, averages first", visible=True)
def both(candidate, rng):
    agree(candidate, np.stack([SAMPLE, -SAMPLE])[None], ["concat"])


@case("a random batch", points=2)
def batch(candidate, rng):
    agree(candidate, rng.standard_normal((3, 4, 5, 5)))


@case("maps that are not square", points=2)
def oblong(candidate, rng):
    for height, width in ((2, 7), (6, 3), (1, 5), (4, 1)):
        agree(candidate, rng.standard_normal((2, 3, height, width)))


@case("maps of a single pixel")
def single_pixel(candidate, rng):
    agree(candidate, rng.standard_normal((2, 3, 1, 1)))


@case("a single image, a single channel")
def single(candidate, rng):
    agree(candidate, rng.standard_normal((1, 4, 3, 3)))
    agree(candidate, rng.standard_normal((4, 1, 3, 3)))


@case("all values negative, or far from zero", points=2)
def negative(candidate, rng):
    x = -rng.uniform(1, 9, size=(2, 3, 4, 4))
    agree(candidate, x)
    agree(candidate, x * 1e6)
    agree(candidate, -x)


@case("shuffling the pixels of a map changes nothing", points=2)
def shuffled(candidate, rng):
    x = rng.standard_normal((2, 3, 4, 5))
    other = rng.permuted(x.reshape(2, 3, 20), axis=2).reshape(2, 3, 5, 4)
    for mode in MODES:
        one = expect.array(candidate.global_pool(x, mode))
        expect.close(candidate.global_pool(other, mode), one, label="shuffled")
    agree(candidate, other)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    agree(candidate, rng.standard_normal((2, 3, 6, 5)).astype(np.float32), tolerance=1e-5)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((2, 7, 6, 3)).transpose(0, 3, 2, 1)
    found = {mode: candidate.global_pool.with_inputs(x, mode) for mode in MODES}
    for mode, (pooled, after) in found.items():
        expect.close(pooled, reference.global_pool(x, mode))
        expect.equal(after[0], x, label="x changed")


@case("ValueError for an unknown mode")
def unknown_mode(candidate, rng):
    for mode in ("average", "sum", "", "maximum"):
        expect.raises(ValueError, candidate.global_pool, SAMPLE[None, None], mode)


@case("ValueError unless there are four axes")
def axes(candidate, rng):
    x = rng.standard_normal((2, 3, 4))
    for mode in MODES:
        expect.raises(ValueError, candidate.global_pool, x, mode)
        expect.raises(ValueError, candidate.global_pool, x[0], mode)
        expect.raises(ValueError, candidate.global_pool, x[None, None], mode)


@case("ValueError for maps without pixels")
def empty(candidate, rng):
    for height, width in ((0, 3), (3, 0), (0, 0)):
        for mode in MODES:
            expect.raises(ValueError, candidate.global_pool, np.empty((2, 3, height, width)), mode)
