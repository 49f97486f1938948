"""Cases for expand_kernel. Taps are copied, so results are compared exactly, except after a convolution."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect


def agrees(candidate, k, d):
    actual = candidate.expand_kernel(k, d)
    expect.close(actual, reference.expand_kernel(k, d), rtol=0, atol=0)
    return actual


@case("a 2x2 kernel with dilation 2", visible=True)
def two_by_two(candidate, rng):
    agrees(candidate, np.array([[1.0, 2.0], [3.0, 4.0]]), 2)


@case("a 3x2 kernel with dilation 3", visible=True)
def three_by_two(candidate, rng):
    agrees(candidate, np.arange(1.0, 7.0).reshape(3, 2), 3)


@case("twelve random kernels and rates", points=3)
def random_kernels(candidate, rng):
    for _ in range(12):
        k = rng.standard_normal(rng.integers(1, 6, size=2))
        agrees(candidate, k, int(rng.integers(1, 6)))


@case("an ordinary convolution with the result equals a dilated one", points=2)
def does_what_dilation_does(candidate, rng):
    x = rng.standard_normal((13, 14))
    for d, shape in ((1, (3, 2)), (2, (3, 3)), (3, (2, 4)), (4, (4, 1))):
        k = rng.standard_normal(shape)
        wide = expect.array(agrees(candidate, k, d))
        dilated = reference.conv2d(x[None, None], k[None, None], dilation=d)[0, 0]
        expect.close(reference.correlate2d(x, wide), dilated, rtol=1e-10, atol=1e-10)


@case("the size is d*(k - 1) + 1 along each axis", points=2)
def sizes(candidate, rng):
    for kh, kw, d in ((3, 3, 2), (5, 3, 4), (1, 7, 3), (2, 1, 9), (4, 4, 1)):
        actual = candidate.expand_kernel(rng.standard_normal((kh, kw)), d)
        expect.shape(actual, (d * (kh - 1) + 1, d * (kw - 1) + 1))


@case("as many entries that are not zero as before", points=2)
def counts(candidate, rng):
    for d in (1, 2, 5):
        k = rng.uniform(1, 2, size=(4, 3)) * rng.choice((-1, 1), size=(4, 3))
        actual = candidate.expand_kernel(k, d)
        same = np.count_nonzero(expect.array(actual)) == k.size
        expect.that(same, "The number of entries that are not zero has changed.", label="count")
        agrees(candidate, k, d)


@case("taps that are zero keep their places")
def zero_taps(candidate, rng):
    k = rng.uniform(1, 2, size=(4, 5))
    k[1], k[:, 0], k[3, 3] = 0.0, 0.0, 0.0
    for d in (1, 2, 3):
        agrees(candidate, k, d)


@case("with d = 1 the values stay as they are")
def rate_one(candidate, rng):
    for shape in ((3, 3), (1, 4), (5, 2)):
        agrees(candidate, rng.standard_normal(shape), 1)


@case("a single tap stays a single tap, whatever the rate")
def single_tap(candidate, rng):
    for d in (1, 2, 50):
        agrees(candidate, rng.standard_normal((1, 1)), d)


@case("kernels of one row or one column", points=2)
def lines(candidate, rng):
    for d in (2, 3):
        agrees(candidate, rng.standard_normal((1, 4)), d)
        agrees(candidate, rng.standard_normal((4, 1)), d)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype in (np.float32, np.float64):
        for d in (3, 2):
            expect.dtype(agrees(candidate, rng.standard_normal((3, 2)).astype(dtype), d), dtype)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    k = rng.standard_normal((6, 5)).T[::-1, ::2]
    agrees(candidate, k, 2)
    for d in (1, 3):
        expect.inputs_unchanged(candidate.expand_kernel, k, d)
        expect.inputs_unchanged(candidate.expand_kernel, np.ascontiguousarray(k), d)


@case("ValueError for a dilation below 1", points=2)
def bad_rates(candidate, rng):
    for d in (0, -1, -3):
        for shape in ((3, 3), (2, 4), (1, 1)):
            expect.raises(ValueError, candidate.expand_kernel, rng.standard_normal(shape), d)


@case("ValueError for other numbers of axes and for an empty kernel")
def bad_kernels(candidate, rng):
    for shape in ((3,), (3, 3, 1), (1, 1, 3, 3), (0, 3), (3, 0)):
        for d in (1, 2):
            expect.raises(ValueError, candidate.expand_kernel, rng.standard_normal(shape), d)
