"""Cases for lrn: against the reference, and what the formula promises for every input."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

ALEXNET = (5, 2.0, 1e-4, 0.75)


def agrees(candidate, x, n, k, alpha, beta, divide, tolerance=1e-9):
    actual = candidate.lrn(x, n, k, alpha, beta, divide)
    expect.close(actual, reference.lrn(x, n, k, alpha, beta, divide), rtol=tolerance, atol=tolerance)
    return actual


def constants(rng):
    """k, alpha and beta, none of them close to a value at which it does nothing."""
    return rng.uniform(0.5, 3.0), rng.uniform(0.3, 3.0), rng.uniform(0.3, 1.5)


@case("five channels at one pixel, window 3", visible=True)
def five_channels(candidate, rng):
    agrees(candidate, np.array([1.0, 2.0, 3.0, 0.0, 1.0]).reshape(1, 5, 1, 1), 3, 1.0, 1.0, 1.0, False)


@case("the same with alpha divided by the window", visible=True)
def divided(candidate, rng):
    agrees(candidate, np.array([1.0, 2.0, 3.0, 0.0, 1.0]).reshape(1, 5, 1, 1), 3, 1.0, 1.0, 1.0, True)


@case("an even window", visible=True)
def even_window(candidate, rng):
    expect.raises(ValueError, candidate.lrn, np.ones((1, 4, 2, 2)), 2, 1.0, 1.0, 1.0, False)


@case("the paper's formula on random maps", points=3)
def paper(candidate, rng):
    for n in (1, 3, 5, 7):
        x = rng.standard_normal((2, int(rng.integers(6, 12)), 3, 4))
        agrees(candidate, x, n, *constants(rng), False)


@case("PyTorch's variant on random maps", points=3)
def library(candidate, rng):
    for n in (1, 3, 5, 7):
        x = rng.standard_normal((2, int(rng.integers(6, 12)), 4, 3))
        agrees(candidate, x, n, *constants(rng), True)


@case("AlexNet's constants on large activations", points=2)
def alexnet(candidate, rng):
    x = 100 * rng.standard_normal((2, 12, 3, 3))
    for divide in (False, True):
        agrees(candidate, x, *ALEXNET, divide)


@case("windows at the first and the last channels are truncated", points=2)
def edges(candidate, rng):
    for channels in (1, 2, 3, 4, 5):
        x = rng.uniform(1, 2, size=(1, channels, 2, 2)) * rng.choice((-1, 1), size=(1, channels, 2, 2))
        for n in (3, 5, 9):
            agrees(candidate, x, n, *constants(rng), bool(n == 5))


@case("the window is centred", points=2)
def centred(candidate, rng):
    for n in (3, 5):
        for channel in range(9):
            x = np.zeros((1, 9, 1, 2))
            x[0, :, 0, 1] = 1.0
            x[0, channel, 0, 0] = rng.uniform(1, 3)
            x[0, :, 0, 0] += 0.1
            agrees(candidate, x, n, 1.0, 1.0, 1.0, False)


@case("no value exceeds 2**-0.75 of its input with k = 2")
def shrinks(candidate, rng):
    x = rng.standard_normal((2, 8, 4, 4)) * 10.0 ** rng.uniform(-3, 3, size=(2, 8, 4, 4))
    actual = expect.array(agrees(candidate, x, *ALEXNET, False))
    small = np.abs(actual) <= 2**-0.75 * (1 + 1e-9) * np.abs(x)
    expect.that(small.all(), "A value is larger than the formula allows.")


@case("pixels and images do not see each other", points=2)
def per_pixel(candidate, rng):
    x = rng.standard_normal((2, 6, 3, 5))
    order = rng.permutation(15)
    shuffled = x.reshape(2, 6, 15)[::-1, :, order].reshape(2, 6, 3, 5)
    args = (3, *constants(rng), False)
    actual = expect.array(agrees(candidate, x, *args))
    moved = actual.reshape(2, 6, 15)[::-1, :, order].reshape(2, 6, 3, 5)
    expect.close(candidate.lrn(shuffled, *args), moved)


@case("constants that switch parts off")
def switched_off(candidate, rng):
    x = rng.standard_normal((1, 5, 2, 3))
    agrees(candidate, x, 3, 1.7, 0.8, 0.0, False)
    agrees(candidate, x, 3, 1.7, 0.0, 1.3, True)
    agrees(candidate, x, 3, 1.7, 0.8, -0.5, False)
    agrees(candidate, np.zeros((1, 3, 2, 2)), 3, 1.7, 0.8, 0.5, False)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype, tolerance in ((np.float32, 1e-5), (np.float64, 1e-9)):
        x = rng.standard_normal((2, 7, 3, 3)).astype(dtype)
        for n in (5, 1):
            expect.dtype(agrees(candidate, x, n, *constants(rng), True, tolerance), dtype)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((2, 3, 4, 6)).transpose(0, 3, 1, 2)[:, ::-1]
    agrees(candidate, x, 3, *constants(rng), False)
    for array in (x, np.ascontiguousarray(x)):
        expect.inputs_unchanged(candidate.lrn, array, 3, 1.0, 1.0, 0.75, False)


@case("ValueError for a window that is even or below 1", points=2)
def bad_window(candidate, rng):
    for n in (0, -1, -2, -3, 2, 4, 6):
        expect.raises(ValueError, candidate.lrn, np.ones((1, 5, 2, 2)), n, 1.0, 1.0, 0.75, False)


@case("ValueError for another number of axes")
def bad_axes(candidate, rng):
    for shape in ((5,), (5, 2, 2), (1, 5, 2, 2, 1)):
        expect.raises(ValueError, candidate.lrn, np.ones(shape), 3, 1.0, 1.0, 0.75, True)
