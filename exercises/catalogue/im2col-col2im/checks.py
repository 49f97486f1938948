"""Cases for im2col, col2im and conv2d. Columns are copies of pixels, so they are compared exactly."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

DOUBLE = {"rtol": 1e-10, "atol": 1e-12}
SINGLE = {"rtol": 1e-4, "atol": 1e-4}
RAMP = np.arange(12.0).reshape(1, 1, 3, 4)


def unfolds(candidate, x, *args, **settings):
    actual = candidate.im2col(x, *args, **settings)
    expect.close(actual, reference.im2col(x, *args, **settings), rtol=0, atol=0)
    return actual


def folds(candidate, cols, shape, *args, **settings):
    actual = candidate.col2im(cols, shape, *args, **settings)
    expected = reference.col2im(cols.astype(np.float64), shape, *args, **settings)
    expect.close(actual, expected, **(SINGLE if cols.dtype == np.float32 else DOUBLE))
    return actual


def convolves(candidate, x, w, *args, **settings):
    actual = candidate.conv2d(x, w, *args, **settings)
    wide = reference.conv2d(x.astype(np.float64), w.astype(np.float64), None, *args, **settings)
    expect.close(actual, wide, **(SINGLE if x.dtype == np.float32 else DOUBLE))
    return actual


def draw_pair(rng, low, high):
    """A setting that is an int half of the time and a pair otherwise."""
    if rng.random() < 0.5:
        return int(rng.integers(low, high))
    return int(rng.integers(low, high)), int(rng.integers(low, high))


def draw_settings(rng):
    stride, padding, dilation = draw_pair(rng, 1, 4), draw_pair(rng, 0, 3), draw_pair(rng, 1, 4)
    return {"stride": stride, "padding": padding, "dilation": dilation}


def draw_shape(rng):
    n, c = (int(v) for v in rng.integers(1, 4, size=2))
    return (n, c, *(int(v) for v in rng.integers(7, 11, size=2)))


@case("columns of 2x2 patches of a 3x4 image", visible=True)
def sample_columns(candidate, rng):
    unfolds(candidate, RAMP, 2)


@case("adding columns of ones counts how often each pixel is read", visible=True)
def sample_image(candidate, rng):
    folds(candidate, np.ones((1, 4, 6)), (1, 1, 3, 4), 2)


@case("a box filter as a matrix product", visible=True)
def sample_convolution(candidate, rng):
    convolves(candidate, RAMP, np.ones((1, 1, 2, 2)))


@case("columns of six random images", points=3)
def random_columns(candidate, rng):
    for _ in range(6):
        unfolds(candidate, rng.standard_normal(draw_shape(rng)), draw_pair(rng, 1, 4), **draw_settings(rng))


@case("images of six random sets of columns", points=3)
def random_images(candidate, rng):
    for _ in range(6):
        shape, kernel, settings = draw_shape(rng), draw_pair(rng, 1, 4), draw_settings(rng)
        cols = reference.im2col(rng.standard_normal(shape), kernel, **settings)
        folds(candidate, rng.standard_normal(cols.shape), shape, kernel, **settings)


@case("five random convolution layers", points=3)
def random_convolutions(candidate, rng):
    for _ in range(5):
        shape = draw_shape(rng)
        w = rng.standard_normal((int(rng.integers(1, 5)), shape[1], *rng.integers(1, 4, size=2)))
        convolves(candidate, rng.standard_normal(shape), w, **draw_settings(rng))


@case("several images and filters keep apart", points=2)
def batch_of_filters(candidate, rng):
    x, w = rng.standard_normal((3, 2, 4, 5)), rng.standard_normal((4, 2, 2, 3))
    y = expect.array(convolves(candidate, x, w))
    expect.close(convolves(candidate, x[1:2], w[2:3]), y[1:2, 2:3], **DOUBLE)


@case("different settings for height and width", points=2)
def asymmetric(candidate, rng):
    x = rng.standard_normal((2, 2, 9, 10))
    each = ({"stride": (1, 3)}, {"padding": (0, 2)}, {"dilation": (3, 1)})
    for settings in each:
        cols = reference.im2col(x, (2, 3), **settings)
        unfolds(candidate, x, (2, 3), **settings)
        folds(candidate, rng.standard_normal(cols.shape), x.shape, (2, 3), **settings)


@case("dilation spreads the taps", points=2)
def dilated(candidate, rng):
    x, w = rng.standard_normal((1, 2, 8, 9)), rng.standard_normal((2, 2, 3, 2))
    for dilation in (2, 3):
        cols = expect.array(unfolds(candidate, x, (3, 2), dilation=dilation))
        folds(candidate, cols, x.shape, (3, 2), dilation=dilation)
        convolves(candidate, x, w, dilation=dilation)


@case("col2im of im2col of ones: how often each pixel is read", points=2)
def use_counts(candidate, rng):
    for kernel, settings in ((3, {"stride": 2, "padding": 1}), ((2, 3), {"dilation": (2, 1)})):
        ones = np.ones((2, 2, 7, 6))
        cols = expect.array(unfolds(candidate, ones, kernel, **settings))
        counts = np.zeros((7, 6))
        # Where a single pixel is 1, the sum of the columns is the number of windows that read it.
        for row, column in np.ndindex(7, 6):
            pixel = np.zeros((1, 1, 7, 6))
            pixel[0, 0, row, column] = 1.0
            counts[row, column] = reference.im2col(pixel, kernel, **settings).sum()
        actual = candidate.col2im(cols, (2, 2, 7, 6), kernel, **settings)
        expect.close(actual, np.broadcast_to(counts, (2, 2, 7, 6)), **DOUBLE)


@case("the two are adjoint to each other", points=2)
def adjoint(candidate, rng):
    for _ in range(3):
        shape, kernel, settings = draw_shape(rng), draw_pair(rng, 2, 4), draw_settings(rng)
        x = rng.standard_normal(shape)
        cols = expect.array(unfolds(candidate, x, kernel, **settings))
        drawn = rng.standard_normal(cols.shape)
        image = expect.array(folds(candidate, drawn, shape, kernel, **settings))
        expect.close(float((cols * drawn).sum()), float((x * image).sum()), rtol=1e-10, atol=1e-10)


@case("pixels that no window reads stay 0, and what falls on the padding is dropped", points=2)
def gaps_and_padding(candidate, rng):
    folds(candidate, rng.uniform(1, 2, size=(1, 4, 6)), (1, 1, 7, 9), 2, stride=(5, 3))
    folds(candidate, rng.uniform(1, 2, size=(2, 8, 12)), (2, 2, 2, 3), 2, padding=1)


@case("stride 1, no padding and no dilation unless they are given")
def defaults(candidate, rng):
    x = rng.standard_normal((2, 2, 5, 6))
    cols = expect.array(unfolds(candidate, x, (3, 2)))
    folds(candidate, cols, x.shape, (3, 2))
    convolves(candidate, x, rng.standard_normal((3, 2, 3, 2)))


@case("a window exactly as large as the padded image, and one of a single pixel")
def exact_fit(candidate, rng):
    x = rng.standard_normal((2, 2, 4, 5))
    unfolds(candidate, x, (4, 5), 3)
    unfolds(candidate, x[:, :, :3], (3, 4), 1, (1, 1), 2)
    folds(candidate, rng.standard_normal((2, 24, 1)), (2, 2, 3, 5), (3, 4), 1, (1, 1), 2)
    convolves(candidate, x, rng.standard_normal((3, 2, 4, 5)))
    convolves(candidate, x, rng.standard_normal((3, 2, 1, 1)))


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype in (np.float64, np.float32):
        x = rng.standard_normal((2, 2, 6, 7)).astype(dtype)
        cols = expect.array(unfolds(candidate, x, (3, 2), 2, (1, 0), (1, 2)))
        expect.dtype(cols, dtype)
        expect.dtype(folds(candidate, cols, x.shape, (3, 2), 2, (1, 0), (1, 2)), dtype)
        w = rng.standard_normal((3, 2, 3, 2)).astype(dtype)
        expect.dtype(convolves(candidate, x, w, 2, (1, 0), (1, 2)), dtype)


@case("arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((7, 6, 2, 2)).transpose(2, 3, 1, 0)[:, :, ::-1]
    w = rng.standard_normal((2, 3, 2, 4)).transpose(3, 2, 0, 1)
    cols = rng.standard_normal((16, 12, 2)).T
    unfolds(candidate, x, (2, 3), padding=1)
    folds(candidate, cols, (2, 2, 5, 6), (2, 3), 1, 0)
    convolves(candidate, x, w, 2)
    expect.inputs_unchanged(candidate.im2col, x, 2)
    expect.inputs_unchanged(candidate.col2im, cols, (2, 2, 5, 6), (2, 3))
    expect.inputs_unchanged(candidate.conv2d, x, w)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    x = rng.standard_normal((2, 3, 9, 8)).astype(np.float32)
    w = rng.standard_normal((4, 3, 3, 2)).astype(np.float32)
    settings = {"stride": (2, 1), "padding": 1, "dilation": (1, 2)}
    cols = reference.im2col(x, (3, 2), **settings)
    image = reference.col2im(cols.astype(np.float64), x.shape, (3, 2), **settings)
    layer = reference.conv2d(x.astype(np.float64), w.astype(np.float64), **settings)
    sent = [torch_tensor(array, device=device) for array in (x, cols, w)]
    for result, expected in (
        (candidate.im2col(sent[0], (3, 2), **settings), cols),
        (candidate.col2im(sent[1], x.shape, (3, 2), **settings), image),
        (candidate.conv2d(sent[0], sent[2], **settings), layer),
    ):
        expect.close(result, torch_tensor(expected), **SINGLE)
        expect.dtype(result, np.float32)
        expect.device(result, device)


@case("ValueError where no window fits", points=2)
def does_not_fit(candidate, rng):
    x, shape = rng.standard_normal((1, 1, 4, 9)), (1, 1, 4, 9)
    for kernel, settings in (
        ((5, 3), {}),
        (3, {"dilation": 2}),
        (3, {"dilation": (3, 1), "padding": (1, 0), "stride": 4}),
        (3, {"dilation": (1, 5), "stride": 3}),
    ):
        expect.raises(ValueError, candidate.im2col, x, kernel, **settings)
        expect.raises(ValueError, candidate.col2im, np.ones((1, 9, 1)), shape, kernel, **settings)
        taps = (1, 1, *(kernel if isinstance(kernel, tuple) else (kernel, kernel)))
        expect.raises(ValueError, candidate.conv2d, x, np.ones(taps), **settings)


@case("ValueError for columns of another image", points=2)
def foreign_columns(candidate, rng):
    for cols, shape in (
        ((1, 4, 5), (1, 1, 3, 4)),
        ((1, 6, 4), (1, 1, 3, 4)),
        ((2, 4, 3), (1, 1, 3, 4)),
        ((1, 4, 6), (1, 1, 4, 4)),
        ((2, 4, 6), (1, 2, 3, 4)),
        ((4, 6), (1, 1, 3, 4)),
        ((1, 1, 4, 6), (1, 1, 3, 4)),
        ((1, 4, 6), (1, 3, 4)),
        ((1, 4, 6), (1, 1, 1, 3, 4)),
    ):
        expect.raises(ValueError, candidate.col2im, rng.standard_normal(cols), shape, 2)


@case("ValueError for a wrong kernel, stride, padding or dilation")
def bad_settings(candidate, rng):
    x, cols, shape = rng.standard_normal((1, 2, 5, 6)), np.ones((1, 8, 20)), (1, 2, 5, 6)
    expect.raises(ValueError, candidate.col2im, np.ones((1, 8, 6)), shape, 2, padding=-1)
    for settings in (
        {"stride": 0}, {"stride": (1, -1)}, {"padding": -1}, {"padding": (-1, 0)},
        {"dilation": 0}, {"dilation": (1, 0)},
    ):  # fmt: skip
        expect.raises(ValueError, candidate.im2col, x, 2, **settings)
        expect.raises(ValueError, candidate.col2im, cols, shape, 2, **settings)
    for kernel in (0, (2, 0), -1):
        expect.raises(ValueError, candidate.im2col, x, kernel)
        expect.raises(ValueError, candidate.col2im, cols, shape, kernel)
    for settings in ({"stride": 0}, {"padding": -1}, {"dilation": 0}):
        expect.raises(ValueError, candidate.conv2d, x, np.ones((1, 2, 2, 2)), **settings)


@case("ValueError for other numbers of axes, and filters of another depth")
def bad_arrays(candidate, rng):
    x, w = rng.standard_normal((2, 3, 3, 5)), rng.standard_normal((2, 3, 3, 2))
    expect.raises(ValueError, candidate.im2col, x[0], 2)
    expect.raises(ValueError, candidate.im2col, x[None], 2)
    for image, filters in (
        (x[0], w),
        (x[None], w),
        (x, w[0]),
        (x, w[None]),
        (x, w[:, :2]),
        (x[:, :2], w),
        (x[:, :1], w),
    ):
        expect.raises(ValueError, candidate.conv2d, image, filters)
