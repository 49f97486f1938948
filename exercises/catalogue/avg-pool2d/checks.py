"""Cases for avg_pool2d."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

RAMP = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)


def agrees(candidate, x, kernel, stride=None, padding=0, include=True, **tolerance):
    actual = candidate.avg_pool2d(x, kernel, stride, padding, include)
    expected = reference.avg_pool2d(x, kernel, stride, padding, count_include_pad=include)
    expect.close(actual, expected, **tolerance)
    return actual


@case("2x2 windows with stride 1 on a 3x3 ramp", visible=True)
def ramp(candidate, rng):
    agrees(candidate, RAMP, 2, 1)


@case("padding that counts in the divisor", visible=True)
def counted(candidate, rng):
    expect.close(candidate.avg_pool2d(RAMP, 2, padding=1), reference.avg_pool2d(RAMP, 2, padding=1))


@case("padding that does not count", visible=True)
def not_counted(candidate, rng):
    agrees(candidate, RAMP, 2, None, 1, False)


def random_setting(rng):
    """An input with kernel, stride and padding that fit it."""
    kernel = int(rng.integers(1, 6))
    padding = int(rng.integers(0, kernel // 2 + 1))
    return rng.standard_normal((2, 3, *rng.integers(5, 11, size=2))), kernel, int(rng.integers(1, 5)), padding


@case("eight random layers, padding counted", points=3)
def random_included(candidate, rng):
    for _ in range(8):
        agrees(candidate, *random_setting(rng), True)


@case("eight random layers, padding not counted", points=3)
def random_excluded(candidate, rng):
    for _ in range(8):
        agrees(candidate, *random_setting(rng), False)


@case("a constant image stays constant when padding is not counted", points=2)
def constant(candidate, rng):
    value = float(rng.uniform(1, 2))
    x = np.full((1, 2, 5, 6), value)
    for kernel, stride, padding in ((2, 2, 1), (3, 1, 1), (4, 3, 2)):
        y = expect.array(candidate.avg_pool2d(x, kernel, stride, padding, count_include_pad=False))
        shape = reference.avg_pool2d(x, kernel, stride, padding).shape
        expect.close(y, np.full(shape, value), rtol=1e-12, atol=0, label="constant image")


@case("zeros of the image count like other values", points=2)
def zeros(candidate, rng):
    x = np.maximum(rng.standard_normal((2, 2, 6, 7)), 0)
    agrees(candidate, x, 3, 2, 1, False)
    agrees(candidate, x, 2, 2, 0, False)
    agrees(candidate, np.zeros((1, 1, 4, 4)), 2, 2, 1, False)


@case("pooling is linear", points=2)
def linear(candidate, rng):
    x, z = rng.standard_normal((2, 1, 2, 6, 5))
    for include in (True, False):
        parts = [expect.array(agrees(candidate, one, 3, 2, 1, include)) for one in (x, z)]
        agrees(candidate, 2 * x - 3 * z, 3, 2, 1, include)
        both = candidate.avg_pool2d(2 * x - 3 * z, 3, 2, 1, include)
        expect.close(both, 2 * parts[0] - 3 * parts[1], label="superposition")


@case("the stride defaults to the kernel, the flag to counting")
def defaults(candidate, rng):
    x = rng.standard_normal((2, 2, 7, 8))
    expect.close(candidate.avg_pool2d(x, 3), reference.avg_pool2d(x, 3))
    expect.close(candidate.avg_pool2d(x, 2, None), reference.avg_pool2d(x, 2))
    expect.close(candidate.avg_pool2d(x, 3, padding=1), reference.avg_pool2d(x, 3, padding=1))
    expect.close(candidate.avg_pool2d(x, 2, stride=3), reference.avg_pool2d(x, 2, stride=3))


@case("leftover rows and columns are dropped")
def leftovers(candidate, rng):
    for height, width in ((7, 8), (8, 7)):
        x = rng.standard_normal((1, 2, height, width))
        agrees(candidate, x, 3)
        agrees(candidate, x, 2, 4)
        agrees(candidate, x, 4, 3, 1, False)


@case("a window exactly as large as the padded input")
def exact_fit(candidate, rng):
    x = rng.standard_normal((2, 3, 4, 4))
    agrees(candidate, x, 4)
    agrees(candidate, x[:, :, :2, :2], 4, 7, 1)
    agrees(candidate, x[:, :, :2, :3], 4, 1, 2, False)
    agrees(candidate, x[:, :, :1, :3], 1)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype, tolerance in ((np.float32, 1e-4), (np.float64, 1e-9)):
        x = rng.standard_normal((2, 2, 6, 8)).astype(dtype)
        for include in (True, False):
            y = agrees(candidate, x, 2, 2, 0, include, rtol=tolerance, atol=tolerance)
            expect.dtype(y, dtype)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((2, 7, 6, 3)).transpose(0, 3, 1, 2)[:, :, ::-1]
    agrees(candidate, x, 3, 2, 1, False)
    for one in (x, np.ascontiguousarray(x)):
        expect.inputs_unchanged(candidate.avg_pool2d, one, 3, 1, 1)
        expect.inputs_unchanged(candidate.avg_pool2d, one, 2, 2, 0, False)


@case("ValueError where the window does not fit", points=2)
def does_not_fit(candidate, rng):
    pool, x = candidate.avg_pool2d, rng.standard_normal((1, 1, 1, 6))
    expect.raises(ValueError, pool, x, 2)
    expect.raises(ValueError, pool, x.transpose(0, 1, 3, 2), 2, 3)
    expect.raises(ValueError, pool, x, 4, 1, 1)
    expect.raises(ValueError, pool, x, 8, 9, 3, False)


@case("ValueError for more padding than half the window")
def too_much_padding(candidate, rng):
    pool, x = candidate.avg_pool2d, rng.standard_normal((1, 1, 6, 6))
    for kernel, padding in ((1, 1), (2, 2), (3, 2), (5, 3)):
        for include in (True, False):
            expect.raises(ValueError, pool, x, kernel, 1, padding, include)


@case("ValueError for a wrong kernel, stride, padding or number of axes")
def bad_settings(candidate, rng):
    pool, x = candidate.avg_pool2d, rng.standard_normal((1, 1, 6, 6))
    for kernel, stride, padding in ((0, 1, 0), (-1, 1, 0), (2, 0, 0), (2, -1, 0), (2, 1, -1)):
        expect.raises(ValueError, pool, x, kernel, stride, padding)
    expect.raises(ValueError, pool, x, 0)
    expect.raises(ValueError, pool, x[0], 2)
    expect.raises(ValueError, pool, x[None], 2)
