"""Cases for pixel_shuffle and pixel_unshuffle. Values are only moved, so everything is compared exactly."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor


def shuffles(candidate, x, r):
    actual = candidate.pixel_shuffle(x, r)
    expect.equal(actual, reference.pixel_shuffle(x, r))
    return actual


def unshuffles(candidate, x, r):
    actual = candidate.pixel_unshuffle(x, r)
    expect.equal(actual, reference.pixel_unshuffle(x, r))
    return actual


def drawn(rng, n, channels, height, width):
    return rng.standard_normal((n, channels, height, width))


@case("four channels of 2x2 become one of 4x4", visible=True)
def four_channels(candidate, rng):
    shuffles(candidate, np.arange(16).reshape(1, 4, 2, 2), 2)


@case("unshuffling an image of 4x6 by 2", visible=True)
def unshuffle_sample(candidate, rng):
    unshuffles(candidate, np.arange(24).reshape(1, 1, 4, 6), 2)


@case("shuffling 1 to 3 channels by 1 to 4", points=3)
def every_shuffle(candidate, rng):
    for c in (1, 2, 3):
        for r in (1, 2, 3, 4):
            shuffles(candidate, drawn(rng, 2, c * r * r, *rng.integers(1, 5, size=2)), r)


@case("unshuffling 1 to 3 channels by 1 to 4", points=3)
def every_unshuffle(candidate, rng):
    for c in (1, 2, 3):
        for r in (1, 2, 3, 4):
            unshuffles(candidate, drawn(rng, 2, c, *(r * rng.integers(1, 5, size=2))), r)


@case("one undoes the other, in both orders", points=2)
def inverse(candidate, rng):
    for r in (2, 3):
        packed, spread = drawn(rng, 2, 2 * r * r, 3, 4), drawn(rng, 2, 2, 3 * r, 2 * r)
        there = expect.array(candidate.pixel_shuffle(packed, r))
        expect.equal(candidate.pixel_unshuffle(there, r), packed, label="unshuffle after shuffle")
        back = expect.array(candidate.pixel_unshuffle(spread, r))
        expect.equal(candidate.pixel_shuffle(back, r), spread, label="shuffle after unshuffle")


@case("the values are those of the input, in another order")
def permutation(candidate, rng):
    for r in (2, 3):
        x = drawn(rng, 1, 2 * r * r, 2, 3)
        y = expect.array(shuffles(candidate, x, r))
        expect.equal(np.sort(y, axis=None), np.sort(x, axis=None))


@case("images and channels do not mix", points=2)
def no_mixing(candidate, rng):
    x = np.zeros((3, 3 * 4, 2, 3))
    x[1, 4:8] = rng.uniform(1, 2, size=(4, 2, 3))
    y = expect.array(shuffles(candidate, x, 2))
    elsewhere = np.delete(y.reshape(9, -1), 4, axis=0)
    expect.that(not elsewhere.any(), "Values of one channel or image turn up in another one.")
    unshuffles(candidate, reference.pixel_shuffle(x, 2), 2)


@case("a single pixel, and images that are not square", points=2)
def shapes(candidate, rng):
    shuffles(candidate, drawn(rng, 1, 9, 1, 1), 3)
    unshuffles(candidate, drawn(rng, 1, 1, 3, 3), 3)
    shuffles(candidate, drawn(rng, 1, 8, 1, 5), 2)
    unshuffles(candidate, drawn(rng, 2, 3, 8, 2), 2)


@case("with r = 1 nothing moves")
def factor_one(candidate, rng):
    x = drawn(rng, 2, 3, 4, 5)
    expect.equal(candidate.pixel_shuffle(x, 1), x)
    expect.equal(candidate.pixel_unshuffle(x, 1), x)


@case("every dtype is kept, exactly", points=2)
def dtypes(candidate, rng):
    for dtype in (np.float32, np.float64, np.uint8, np.int32, np.int64):
        x = rng.integers(0, 250, size=(1, 8, 2, 4)).astype(dtype)
        shuffles(candidate, x, 2)
        unshuffles(candidate, x, 2)
    large = 2**62 + rng.integers(0, 1000, size=(1, 4, 2, 2))  # float64 has no room for these
    shuffles(candidate, large, 2)
    unshuffles(candidate, large, 2)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((6, 4, 8, 2)).transpose(3, 2, 1, 0)[:, :, ::-1]
    shuffles(candidate, x, 2)
    unshuffles(candidate, x, 2)
    for array in (x, np.ascontiguousarray(x)):
        expect.inputs_unchanged(candidate.pixel_shuffle, array, 2)
        expect.inputs_unchanged(candidate.pixel_unshuffle, array, 2)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    for r, dtype in ((2, np.int64), (3, np.float32)):
        packed = (100 * drawn(rng, 2, 2 * r * r, 4, 5)).astype(dtype)
        spread = (100 * drawn(rng, 2, 3, 2 * r, 3 * r)).astype(dtype)
        for function, ours, x in (
            (candidate.pixel_shuffle, reference.pixel_shuffle, packed),
            (candidate.pixel_unshuffle, reference.pixel_unshuffle, spread),
        ):
            result = function(torch_tensor(x, device=device), r)
            expect.equal(result, torch_tensor(ours(x, r)))
            expect.device(result, device)


@case("ValueError where the channels do not fill whole blocks", points=2)
def bad_channels(candidate, rng):
    for channels, r in ((3, 2), (2, 2), (6, 2), (3, 3), (10, 3), (1, 2)):
        expect.raises(ValueError, candidate.pixel_shuffle, drawn(rng, 1, channels, 2, 2), r)


@case("ValueError where the image does not divide into blocks", points=2)
def bad_images(candidate, rng):
    for height, width, r in ((3, 4, 2), (4, 5, 2), (4, 6, 3), (6, 4, 3), (1, 1, 2)):
        expect.raises(ValueError, candidate.pixel_unshuffle, drawn(rng, 1, 4, height, width), r)


@case("ValueError for a factor below 1 and for other numbers of axes")
def bad_arguments(candidate, rng):
    x = drawn(rng, 1, 4, 4, 4)
    for function in (candidate.pixel_shuffle, candidate.pixel_unshuffle):
        for r in (0, -1, -2):
            expect.raises(ValueError, function, x, r)
        expect.raises(ValueError, function, x[0], 2)
        expect.raises(ValueError, function, x[None], 2)
        expect.raises(ValueError, function, x[0, 0], 1)
