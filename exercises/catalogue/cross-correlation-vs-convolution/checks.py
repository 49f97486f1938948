"""Cases for xcorr_and_conv: the valid cross-correlation and the valid true convolution of two arrays."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

RAMP = np.arange(9.0).reshape(3, 3)
SOBEL = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
DOUBLE = {"rtol": 1e-9, "atol": 1e-9}
SINGLE = {"rtol": 1e-4, "atol": 1e-5}


def agrees(candidate, x, k, tolerance=DOUBLE):
    xcorr, conv = expect.items(candidate.xcorr_and_conv(x, k), 2)
    wide, taps = x.astype(np.float64), k.astype(np.float64)
    expect.close(xcorr, reference.correlate2d(wide, taps), **tolerance)
    expect.close(conv, reference.convolve2d(wide, taps), **tolerance)
    return xcorr, conv


def disc(size, radius):
    """A bright disc on dark ground (size, size)."""
    rows, columns = np.indices((size, size)) - (size - 1) / 2
    return (rows**2 + columns**2 <= radius**2).astype(np.float64)


@case("a 2x2 kernel on a 3x3 ramp", visible=True)
def ramp(candidate, rng):
    agrees(candidate, RAMP, np.array([[1.0, 2.0], [3.0, 4.0]]))


@case("an edge filter on a picture of a disc", visible=True)
def edges(candidate, rng):
    picture = disc(20, 7.0)
    xcorr, conv = expect.items(candidate.xcorr_and_conv(picture, SOBEL), 2)
    expected = reference.correlate2d(picture, SOBEL), reference.convolve2d(picture, SOBEL)
    candidate.show("cross-correlation: bright where it gets brighter to the right", xcorr, expected[0])
    candidate.show("true convolution: bright where it gets brighter to the left", conv, expected[1])
    expect.close(xcorr, expected[0])
    expect.close(conv, expected[1])


@case("ten random images and kernels", points=3)
def random_pairs(candidate, rng):
    for _ in range(10):
        kh, kw = (int(v) for v in rng.integers(1, 6, size=2))
        height, width = (int(v) for v in rng.integers(5, 11, size=2))
        agrees(candidate, rng.standard_normal((height, width)), rng.standard_normal((kh, kw)))


@case("a single bright pixel: convolution prints the kernel, correlation prints it turned", points=2)
def impulse(candidate, rng):
    k = rng.standard_normal((3, 4))
    x = np.zeros((5, 7))
    x[2, 3] = 1.0
    xcorr, conv = expect.items(candidate.xcorr_and_conv(x, k), 2)
    expect.close(conv, k)
    expect.close(xcorr, k[::-1, ::-1])


@case("a kernel that is the same when turned: both results are equal", points=2)
def symmetric(candidate, rng):
    half = rng.standard_normal((3, 4))
    xcorr, conv = agrees(candidate, rng.standard_normal((7, 9)), half + half[::-1, ::-1])
    expect.close(xcorr, expect.array(conv))


@case("a kernel that changes when turned: the results differ")
def asymmetric(candidate, rng):
    k = rng.uniform(1, 2, size=(2, 3))
    xcorr, conv = agrees(candidate, rng.standard_normal((6, 6)), np.triu(k))
    differ = bool((np.abs(expect.array(xcorr) - expect.array(conv)) > 1e-6).any())
    expect.that(differ, "Both results are the same although the kernel is not symmetric.")


@case("true convolution is associative: two filters make one", points=2)
def associative(candidate, rng):
    x, a, b = (rng.standard_normal(shape) for shape in ((9, 10), (3, 2), (2, 4)))
    once = expect.items(candidate.xcorr_and_conv(x, a), 2)[1]
    expect.close(once, reference.convolve2d(x, a))
    twice = expect.items(candidate.xcorr_and_conv(expect.array(once), b), 2)[1]
    joint = reference.convolve2d(np.pad(a, ((1, 1), (3, 3))), b)  # the full convolution of the kernels
    together = expect.items(candidate.xcorr_and_conv(x, joint), 2)[1]
    expect.close(twice, expect.array(together))


@case("a kernel as large as the image, and one of a single entry", points=2)
def extreme_sizes(candidate, rng):
    x = rng.standard_normal((4, 3))
    agrees(candidate, x, rng.standard_normal((4, 3)))
    agrees(candidate, x, rng.standard_normal((4, 1)))
    agrees(candidate, x, rng.standard_normal((1, 3)))
    agrees(candidate, x, rng.standard_normal((1, 1)))
    agrees(candidate, x[:1, :1], rng.standard_normal((1, 1)))
    agrees(candidate, rng.standard_normal((2, 6)), rng.standard_normal((2, 5)))
    agrees(candidate, rng.standard_normal((6, 2)), rng.standard_normal((5, 2)))


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    x, k = rng.standard_normal((7, 8)), rng.standard_normal((3, 2))
    for dtype, tolerance in ((np.float64, DOUBLE), (np.float32, SINGLE)):
        for result in agrees(candidate, x.astype(dtype), k.astype(dtype), tolerance):
            expect.dtype(result, dtype)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    x, k = rng.standard_normal((8, 14)).T[::-1, 1:], rng.standard_normal((4, 6))[::2, ::-2]
    agrees(candidate, x, k)
    expect.inputs_unchanged(candidate.xcorr_and_conv, x, k)
    expect.inputs_unchanged(candidate.xcorr_and_conv, x.copy(), k.copy())


@case("ValueError where the kernel is higher or wider than the image", points=2)
def does_not_fit(candidate, rng):
    call, x = candidate.xcorr_and_conv, rng.standard_normal((3, 5))
    for shape in ((4, 5), (4, 1), (3, 6), (1, 6), (5, 3), (9, 9)):
        expect.raises(ValueError, call, x, rng.standard_normal(shape))


@case("ValueError for other numbers of axes and for empty arrays")
def bad_arrays(candidate, rng):
    call, x, k = candidate.xcorr_and_conv, rng.standard_normal((4, 5)), rng.standard_normal((2, 2))
    for image, kernel in ((x[0], k), (x[None], k), (x, k[0]), (x, k[..., None])):
        expect.raises(ValueError, call, image, kernel)
    for image, kernel in ((x, k[:0]), (x, k[:, :0]), (x[:0], k[:0]), (x[:, :0], k[:, :0])):
        expect.raises(ValueError, call, image, kernel)
