"""Cases for max_pool2d. Outputs are entries of the input, so everything is compared exactly."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

SAMPLE = np.array([[1, 3, 2, 1], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]])


def agrees(candidate, x, *args, **settings):
    actual = candidate.max_pool2d(x, *args, **settings)
    expect.equal(actual, reference.max_pool2d(x, *args, **settings))
    return actual


@case("a 2x2 window on a 4x4 image of integers", visible=True)
def sample(candidate, rng):
    expect.dtype(agrees(candidate, SAMPLE.reshape(1, 1, 4, 4), 2), SAMPLE.dtype)


@case("overlapping windows, two channels", visible=True)
def overlap(candidate, rng):
    x = np.stack([SAMPLE, SAMPLE.T - 5]).reshape(1, 2, 4, 4) / 2
    agrees(candidate, x, 3, stride=1)


@case("negative values with padding", visible=True)
def negative(candidate, rng):
    agrees(candidate, -SAMPLE.reshape(1, 1, 4, 4) - 0.5, 3, stride=2, padding=1)


@case("twenty random layers", points=3)
def random_layers(candidate, rng):
    for _ in range(20):
        kernel = tuple(int(v) for v in rng.integers(1, 5, size=2))
        stride = tuple(int(v) for v in rng.integers(1, 4, size=2))
        padding = int(rng.integers(0, min(kernel) // 2 + 1))
        x = rng.standard_normal((2, 3, *rng.integers(5, 11, size=2)))
        agrees(candidate, x, kernel, stride=stride, padding=padding)


@case("twenty random layers in ceil mode", points=3)
def ceil_mode(candidate, rng):
    for _ in range(20):
        kernel = tuple(int(v) for v in rng.integers(2, 5, size=2))
        stride = tuple(int(v) for v in rng.integers(2, 5, size=2))
        padding = int(rng.integers(0, min(kernel) // 2 + 1))
        x = rng.standard_normal((1, 2, *rng.integers(5, 12, size=2))) - 3
        agrees(candidate, x, kernel, stride=stride, padding=padding, ceil_mode=True)


@case("ceil mode drops a window that starts beyond the input", points=2)
def ceil_mode_edge(candidate, rng):
    x = rng.standard_normal((1, 2, 5, 7)) - 4
    agrees(candidate, x, 2, stride=2, padding=1, ceil_mode=True)
    agrees(candidate, x, 3, stride=4, padding=1, ceil_mode=True)
    agrees(candidate, x[:, :, :4, :4], 2, stride=3, padding=1, ceil_mode=True)
    agrees(candidate, x, (2, 3), stride=(5, 4), ceil_mode=True)


@case("the stride defaults to the kernel")
def default_stride(candidate, rng):
    x = rng.standard_normal((2, 2, 9, 8))
    agrees(candidate, x, 2)
    agrees(candidate, x, (3, 2))
    agrees(candidate, x, 3, None)
    agrees(candidate, x, 2, stride=4)


@case("different kernel and stride for height and width")
def pairs(candidate, rng):
    x = rng.standard_normal((2, 2, 8, 9))
    agrees(candidate, x, (3, 1), stride=(1, 2))
    agrees(candidate, x, (2, 4), stride=(3, 1), padding=1)


@case("all values negative: padding never wins", points=2)
def all_negative(candidate, rng):
    x = -rng.uniform(1.0, 2.0, size=(2, 3, 6, 5))
    for scale in (1.0, 1e12):
        actual = agrees(candidate, x * scale, 3, stride=2, padding=1)
        negative = bool((expect.array(actual) < 0).all())
        expect.that(negative, "The output holds a value that is not in the input.")


@case("integers keep their dtype, exactly", points=2)
def integers(candidate, rng):
    for dtype in (np.int8, np.uint8, np.int16, np.int32):
        info = np.iinfo(dtype)
        x = rng.integers(info.min, info.max, size=(1, 2, 6, 6), dtype=dtype, endpoint=True)
        expect.dtype(agrees(candidate, x, 3, stride=2, padding=1), dtype)


@case("64-bit integers that float64 cannot hold")
def large_integers(candidate, rng):
    x = rng.integers(-1000, 0, size=(1, 2, 6, 6)) - 2**62
    agrees(candidate, x, 3, stride=2, padding=1)
    agrees(candidate, np.where(x > -500 - 2**62, x, np.iinfo(np.int64).min), 2, stride=2, padding=1)


@case("float32 stays float32, float64 stays float64")
def floats(candidate, rng):
    for dtype in (np.float32, np.float64):
        x = rng.standard_normal((2, 2, 7, 7)).astype(dtype)
        expect.dtype(agrees(candidate, x, 3, stride=2, padding=1), dtype)


@case("a window exactly as large as the padded input")
def exact_fit(candidate, rng):
    x = rng.standard_normal((2, 3, 4, 3))
    agrees(candidate, x, (4, 3))
    agrees(candidate, x[:, :, :2, :1], (4, 3), padding=1)
    agrees(candidate, x, (4, 3), stride=9, ceil_mode=True)


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((2, 14, 6, 3)).transpose(0, 3, 1, 2)[:, :, ::2]
    agrees(candidate, x, 3, stride=2)
    expect.inputs_unchanged(candidate.max_pool2d, x, 2)
    expect.inputs_unchanged(candidate.max_pool2d, np.ascontiguousarray(x), 3, stride=2, padding=1)


@case("ValueError where the window does not fit", points=2)
def does_not_fit(candidate, rng):
    pool, x = candidate.max_pool2d, rng.standard_normal((1, 1, 1, 6))
    expect.raises(ValueError, pool, x, 2)
    expect.raises(ValueError, pool, x, (3, 1), stride=5)
    expect.raises(ValueError, pool, x, (4, 2), padding=1)
    expect.raises(ValueError, pool, x, (1, 7), stride=3)
    expect.raises(ValueError, pool, x, 2, ceil_mode=True)


@case("ValueError for more padding than half the window")
def too_much_padding(candidate, rng):
    pool, x = candidate.max_pool2d, rng.standard_normal((1, 1, 6, 6))
    for kernel, padding in ((2, 2), (3, 2), (1, 1), ((4, 1), 1), ((2, 4), 2)):
        expect.raises(ValueError, pool, x, kernel, padding=padding)


@case("ValueError for a wrong kernel, stride, padding or number of axes")
def bad_settings(candidate, rng):
    pool, x = candidate.max_pool2d, rng.standard_normal((1, 1, 6, 6))
    for settings in ({"stride": 0}, {"stride": (2, -1)}, {"padding": -1}):
        expect.raises(ValueError, pool, x, 2, **settings)
    for kernel in (0, (2, 0), -1):
        expect.raises(ValueError, pool, x, kernel, stride=1)
    expect.raises(ValueError, pool, x[0], 2)
    expect.raises(ValueError, pool, x[None], 2)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    x = (rng.standard_normal((3, 4, 11, 9)) - 3).astype(np.float32)
    whole = rng.integers(-99, 0, size=(2, 3, 6, 7))
    for values, settings in (
        (x, {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
        (x, {"kernel": (2, 3), "stride": (1, 2)}),
        (whole, {"kernel": 2, "padding": 1}),
    ):
        result = candidate.max_pool2d(torch_tensor(values, device=device), **settings)
        expect.equal(result, torch_tensor(reference.max_pool2d(values, **settings), device=device))
    expect.raises(ValueError, candidate.max_pool2d, torch_tensor(x, device=device), 12)
