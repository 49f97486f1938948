"""Cases for quantize and dequantize. Levels are compared exactly, so random values keep away from ties."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

CLEAR = 0.02  # how far from halfway between two levels drawn values keep, in steps
MODES = ("affine", "symmetric")


def tie(steps):
    """How close to halfway between two integers, as an array of booleans."""
    return np.abs(np.abs(steps - np.rint(steps)) - 0.5) < CLEAR


def along(values, x, axis):
    """One value for each index along an axis, in a shape that broadcasts with x."""
    if axis is None:
        return values
    shape = [1] * x.ndim
    shape[axis] = -1
    return np.reshape(values, shape)


def clear(rng, draw, mode, axis=None, bits=8):
    """An array from `draw()` of which no value and no zero point is close to a tie."""
    for _ in range(1000):
        x = draw()
        scale = along(reference.quantize(x, mode, axis, bits)[1], x, axis)
        x = np.where(tie(x / scale), x.dtype.type(0), x)
        _, scale, _ = reference.quantize(x, mode, axis, bits)
        axes = None if axis is None else tuple(i for i in range(x.ndim) if i != axis % x.ndim)
        ends = np.minimum(x.min(axis=axes), 0) / scale
        if not tie(x / along(scale, x, axis)).any() and (mode == "symmetric" or not tie(ends).any()):
            return x
    raise RuntimeError("no array without ties was found")


def quantized(candidate, x, mode, axis=None, bits=8):
    """Call, compare with the reference, and give back q, scale and zero point."""
    result = expect.items(candidate.quantize(x, mode, axis, bits), 3)
    q, scale, zero = reference.quantize(x, mode, axis, bits)
    expect.close(result[1], scale, rtol=1e-6, atol=0, label="scale")
    expect.close(result[2], zero, rtol=0, atol=0, label="zero point")
    integer = np.asarray(result[2]).dtype.kind in "iu"
    expect.that(integer, "The zero point is no integer.", label="integer zero point")
    expect.equal(result[0], q, label="levels")
    return result


def round_trip(candidate, x, mode, axis=None, bits=8):
    """Quantise, restore, compare both; gives the restored array."""
    q, scale, zero = quantized(candidate, x, mode, axis, bits)
    restored = candidate.dequantize(q, scale, zero, axis)
    wanted = reference.dequantize(*reference.quantize(x, mode, axis, bits), axis)
    expect.close(restored, wanted, rtol=1e-6, atol=1e-6 * np.abs(x).max(), label="restored values")
    return expect.array(restored)


@case("four numbers in affine mode", visible=True)
def four_numbers(candidate, rng):
    round_trip(candidate, np.array([-1.0, 0.0, 0.5, 4.1]), "affine")


@case("two channels in symmetric mode", visible=True)
def two_channels(candidate, rng):
    round_trip(candidate, np.array([[0.1, -1.27], [100.0, 12.7]]), "symmetric", 0)


@case("a value that is not a number", visible=True)
def not_a_number(candidate, rng):
    expect.raises(ValueError, candidate.quantize, np.array([1.0, np.nan]), "affine", None)


@case("a whole array, in both modes", points=3)
def whole_array(candidate, rng):
    for mode in MODES:
        for shift in (-0.5, 0.0, 0.7):
            x = clear(rng, lambda shift=shift: rng.standard_normal((4, 5, 6)) + shift, mode)
            restored = round_trip(candidate, x, mode)
            scale = reference.quantize(x, mode, None)[1]
            small = np.abs(restored - x) <= scale / 2 + 1e-7
            expect.that(small.all(), "A restored value is off by more than half a step.", label="half a step")


@case("one scale a channel, along any axis", points=3)
def channels(candidate, rng):
    sizes = 10.0 ** rng.uniform(-2, 2, size=4)
    for mode in MODES:
        for axis in (0, 1, 2, -1, -3):
            factors = along(sizes[: (4, 3, 2)[axis]], np.empty((4, 3, 2)), axis)
            x = clear(rng, lambda f=factors: f * rng.standard_normal((4, 3, 2)), mode, axis)
            round_trip(candidate, x, mode, axis)
    x = clear(rng, lambda: rng.standard_normal(5), "affine", 0)
    round_trip(candidate, x, "affine", 0)


@case("all values on one side of zero", points=2)
def one_sided(candidate, rng):
    for sign in (1, -1):
        x = clear(rng, lambda sign=sign: sign * rng.uniform(3, 5, size=(3, 8)), "affine")
        round_trip(candidate, x, "affine")
        x = clear(rng, lambda sign=sign: sign * rng.uniform(3, 5, size=(3, 8)), "affine", 0)
        round_trip(candidate, x, "affine", 0)
        x = clear(rng, lambda sign=sign: sign * rng.uniform(3, 5, size=(3, 8)), "symmetric")
        round_trip(candidate, x, "symmetric")


@case("zero is stored exactly")
def zero_exactly(candidate, rng):
    for low, high in ((-1.3, 2.9), (-5.0, 0.2), (0.1, 4.0)):
        x = clear(rng, lambda low=low, high=high: np.append(rng.uniform(low, high, size=20), 0.0), "affine")
        restored = round_trip(candidate, x, "affine")
        expect.that(restored[-1] == 0, "Zero does not come back as zero.", label="zero")


@case("the ends of the range meet the ends of the levels", points=2)
def ends(candidate, rng):
    for bits in (2, 3, 4, 7, 8, 9, 12, 16):
        most = 2 ** (bits - 1) - 1
        x = clear(rng, lambda: rng.uniform(-2, 3, size=30), "affine", None, bits)
        q = expect.array(quantized(candidate, x, "affine", None, bits)[0])
        reached = q.min() == -most - 1 and q.max() == most
        expect.that(reached, "The range does not fill the levels.", label="ends")
        for sign in (1, -1):
            x = sign * clear(rng, lambda: rng.uniform(-2, 3, size=30), "symmetric", None, bits)
            quantized(candidate, x, "symmetric", None, bits)


@case("ends of the range halfway between two levels saturate", points=2)
def saturates(candidate, rng):
    for whole in (40, 41, 101, 102):  # both parities, since ties may go either way
        step = 2.0 ** int(rng.integers(-3, 4))
        x = step * np.array([-whole - 0.5, 0.0, 254.5 - whole])
        result = expect.items(candidate.quantize(x, "affine", None), 3)
        expect.close(result[1], step, rtol=1e-6, atol=0, label="scale")
        expect.dtype(result[0], np.int8)
        restored = expect.array(candidate.dequantize(*result))
        expect.shape(restored, x.shape)
        near = np.abs(restored - x) <= step / 2 * (1 + 1e-6)
        expect.that(near.all(), "A restored value is off by more than half a step.", label="half a step")


@case("eight bits are the default, and the dtype follows the bits")
def default_bits(candidate, rng):
    x = clear(rng, lambda: rng.standard_normal(40), "affine")
    result = expect.items(candidate.quantize(x, "affine", None), 3)
    expect.equal(result[0], reference.quantize(x, "affine", None)[0], label="levels")
    for bits, dtype in ((2, np.int8), (8, np.int8), (9, np.int16), (16, np.int16)):
        x = clear(rng, lambda: rng.standard_normal(40), "symmetric", None, bits)
        expect.dtype(quantized(candidate, x, "symmetric", None, bits)[0], dtype)


@case("constant arrays and channels of zeros", points=2)
def constant(candidate, rng):
    value = float(rng.uniform(1, 9))
    for mode in MODES:
        for number in (value, -value, 0.0):
            round_trip(candidate, np.full((2, 3), number), mode)
            round_trip(candidate, np.array([number]), mode, 0)
        x = clear(rng, lambda: rng.standard_normal((3, 4)), mode, 0)
        x[1] = 0.0
        round_trip(candidate, x, mode, 0)


@case("per channel is no worse than per tensor on uneven weights")
def skewed(candidate, rng):
    sizes = np.array([0.01, 0.1, 1.0, 20.0])[:, None]
    for mode in MODES:
        x = sizes * rng.uniform(0.3, 1, size=(4, 12)) * rng.choice((-1, 1), size=(4, 12))
        x[3, :2] = 20.0, -20.0  # the largest channel has the range of the whole
        errors = []
        for axis in (None, 0):
            result = expect.items(candidate.quantize(x, mode, axis), 3)
            restored = expect.array(candidate.dequantize(*result, axis))
            expect.shape(restored, x.shape)
            errors.append(np.abs(restored - x).mean())
        expect.that(errors[1] <= errors[0], "Scales for each channel made the error larger.", label="skewed")


@case("dequantize alone, at the ends of int8 and int16", points=2)
def restores(candidate, rng):
    q = np.array([[-128, -127, 0], [1, 126, 127]], dtype=np.int8)
    for zero in (-128, -5, 127):
        scale = float(rng.uniform(0.1, 2))
        expect.close(candidate.dequantize(q, scale, zero), (q.astype(float) - zero) * scale, rtol=1e-6)
    q = np.array([[-32768, 0], [5, 32767], [7, -9]], dtype=np.int16)
    for axis in (0, 1, -1, -2):
        size = q.shape[axis]
        scale, zero = rng.uniform(0.1, 2, size=size), rng.integers(-300, 300, size=size)
        args = (q, scale, zero, axis)
        expect.close(candidate.dequantize(*args), reference.dequantize(*args), rtol=1e-6, atol=1e-6)


@case("float32 input")
def single_precision(candidate, rng):
    for mode in MODES:
        x = clear(rng, lambda: rng.standard_normal((5, 6)).astype(np.float32), mode)
        round_trip(candidate, x, mode)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    x = clear(rng, lambda: rng.standard_normal((6, 5)), "affine", 1).T[::-1]
    quantized(candidate, x, "affine", 0)
    for array in (x, np.ascontiguousarray(x)):
        expect.inputs_unchanged(candidate.quantize, array, "affine", 0)
        expect.inputs_unchanged(candidate.quantize, array, "symmetric", None)
    q, scale, zero = reference.quantize(x, "affine", 0)
    expect.inputs_unchanged(candidate.dequantize, q, scale, zero, 0)


@case("ValueError for NaN, infinity and empty arrays", points=2)
def bad_values(candidate, rng):
    for value in (np.nan, np.inf, -np.inf):
        x = rng.standard_normal((3, 4))
        x[1, 2] = value
        for mode in MODES:
            expect.raises(ValueError, candidate.quantize, x, mode, 0)
    for mode in MODES:
        expect.raises(ValueError, candidate.quantize, np.empty((0,)), mode, None)
        for axis in (0, 1):
            expect.raises(ValueError, candidate.quantize, np.empty((3, 0)), mode, axis)


@case("ValueError for a mode, bits or an axis that make no sense", points=2)
def bad_settings(candidate, rng):
    x = rng.standard_normal((3, 4))
    for mode in ("", "Affine", "uint8"):
        expect.raises(ValueError, candidate.quantize, x, mode, None)
    for bits in (1, 0, -3, 17, 32):
        for mode in MODES:
            expect.raises(ValueError, candidate.quantize, x, mode, None, bits)
    for axis in (2, 5, -3):
        expect.raises(ValueError, candidate.quantize, x, "affine", axis)
