"""Cases for conv2d_single: an image (H, W, C), one filter (kh, kw, C), one map (H_out, W_out)."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect


def expected(x, f, bias=0.0, stride=1, padding=0):
    """The reference layer with one image and one filter, in float64 and channels-first inside."""
    image = x.astype(np.float64).transpose(2, 0, 1)[None]
    weight = f.astype(np.float64).transpose(2, 0, 1)[None]
    return reference.conv2d(image, weight, np.array([bias]), stride=stride, padding=padding)[0, 0]


def agrees(candidate, x, f, rtol=1e-10, atol=1e-12, **settings):
    expect.close(candidate.conv2d_single(x, f, **settings), expected(x, f, **settings), rtol=rtol, atol=atol)


def drawing():
    """A white disc and a grey rectangle on black, (24, 24)."""
    row, column = np.mgrid[:24, :24]
    picture = np.where((row - 8) ** 2 + (column - 9) ** 2 <= 36, 1.0, 0.0)
    picture[15:21, 12:22] = 0.5
    return picture


@case("a difference filter on a 4x4 ramp", visible=True)
def ramp(candidate, rng):
    x = np.arange(16.0).reshape(4, 4, 1)
    f = np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1)
    agrees(candidate, x, f)


@case("stride 2, padding 1 and a bias on two channels", visible=True)
def strided_and_padded(candidate, rng):
    x = np.arange(50.0).reshape(5, 5, 2) % 7
    f = np.arange(18.0).reshape(3, 3, 2) - 8
    agrees(candidate, x, f, bias=0.5, stride=2, padding=1)


@case("a filter that is higher than the image", visible=True)
def too_high(candidate, rng):
    expect.raises(ValueError, candidate.conv2d_single, np.ones((1, 5, 2)), np.ones((3, 1, 2)), stride=5)


@case("vertical edges in a picture of 24x24", visible=True)
def vertical_edges(candidate, rng):
    x, f = drawing()[..., None], np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])[..., None]
    found, wanted = candidate.conv2d_single(x, f, padding=1), expected(x, f, padding=1)
    candidate.show("bright where the picture gets brighter to the right", found, wanted)
    expect.close(found, wanted, rtol=1e-10, atol=1e-12)


@case("every stride from 1 to 3 with every padding from 0 to 2", points=3)
def strides_and_paddings(candidate, rng):
    for stride in (1, 2, 3):
        for padding in (0, 1, 2):
            height, width, channels = rng.integers(4, 9), rng.integers(4, 9), rng.integers(1, 5)
            x = rng.standard_normal((height, width, channels))
            f = rng.standard_normal((3, 3, channels))
            agrees(candidate, x, f, bias=float(rng.standard_normal()), stride=stride, padding=padding)


@case("filters and images that are not square", points=2)
def not_square(candidate, rng):
    for kernel in ((1, 4), (4, 1), (2, 5), (3, 2)):
        x = rng.standard_normal((6, 11, 3))
        agrees(candidate, x, rng.standard_normal((*kernel, 3)), stride=2, padding=1)


@case("a filter exactly as large as the padded image gives one number")
def exact_fit(candidate, rng):
    agrees(candidate, rng.standard_normal((4, 3, 2)), rng.standard_normal((4, 3, 2)), bias=1.5)
    agrees(candidate, rng.standard_normal((2, 3, 2)), rng.standard_normal((4, 5, 2)), padding=1, stride=3)


@case("a 1x1 filter is a weighted sum of the channels")
def one_by_one(candidate, rng):
    x = rng.standard_normal((5, 6, 4))
    f = rng.standard_normal((1, 1, 4))
    expect.close(candidate.conv2d_single(x, f), x @ f[0, 0], rtol=1e-10, atol=1e-12)


@case("the bias is added once to every output")
def bias(candidate, rng):
    x = np.zeros((5, 5, 3))
    f = rng.standard_normal((3, 3, 3))
    value = float(rng.uniform(1, 2))
    expect.close(candidate.conv2d_single(x, f, bias=value, padding=1), np.full((5, 5), value), rtol=1e-12)
    agrees(candidate, rng.standard_normal((5, 5, 3)), f, bias=-value, padding=1)


@case("linear in the image and in the filter", points=2)
def linear(candidate, rng):
    x, other = rng.standard_normal((2, 7, 6, 3))
    f, g = rng.standard_normal((2, 3, 2, 3))
    a, b = rng.uniform(0.5, 2, size=2)
    conv = candidate.conv2d_single
    expect.close(conv(a * x + b * other, f), a * conv(x, f) + b * conv(other, f), rtol=1e-10, atol=1e-10)
    expect.close(conv(x, a * f + b * g), a * conv(x, f) + b * conv(x, g), rtol=1e-10, atol=1e-10)
    agrees(candidate, x, f)


@case("a shifted image gives a shifted map", points=2)
def shifts(candidate, rng):
    x = np.zeros((12, 12, 2))
    x[3:7, 3:7] = rng.standard_normal((4, 4, 2))
    f = rng.standard_normal((3, 3, 2))
    down, right = (int(step) for step in rng.integers(1, 3, size=2))
    moved = np.roll(x, (down, right), axis=(0, 1))
    before, after = candidate.conv2d_single(x, f), candidate.conv2d_single(moved, f)
    expect.close(after, np.roll(expected(x, f), (down, right), axis=(0, 1)), rtol=1e-10, atol=1e-12)
    expect.close(before, expected(x, f), rtol=1e-10, atol=1e-12)


@case("float32 input")
def single_precision(candidate, rng):
    x = rng.standard_normal((9, 8, 3)).astype(np.float32)
    f = rng.standard_normal((3, 3, 3)).astype(np.float32)
    agrees(candidate, x, f, rtol=1e-4, atol=1e-5, stride=2, padding=1, bias=0.25)


@case("input that is not contiguous in memory")
def not_contiguous(candidate, rng):
    x = rng.standard_normal((3, 8, 9)).transpose(1, 2, 0)
    f = rng.standard_normal((6, 3, 3))[::-2, :, ::-1]
    agrees(candidate, x, f, stride=2, padding=1)


@case("the arguments are left as they were")
def untouched(candidate, rng):
    x, f = rng.standard_normal((6, 6, 2)), rng.standard_normal((3, 3, 2))
    expect.inputs_unchanged(candidate.conv2d_single, x, f)
    expect.inputs_unchanged(candidate.conv2d_single, x, f, bias=1.0, stride=2, padding=1)


@case("ValueError where the filter does not fit", points=2)
def does_not_fit(candidate, rng):
    conv = candidate.conv2d_single
    tall, wide = rng.standard_normal((1, 6, 2)), rng.standard_normal((6, 1, 2))
    expect.raises(ValueError, conv, tall, np.ones((3, 1, 2)), stride=5)
    expect.raises(ValueError, conv, wide, np.ones((1, 3, 2)), stride=4)
    expect.raises(ValueError, conv, tall, np.ones((4, 2, 2)), padding=1, stride=7)
    expect.raises(ValueError, conv, tall, np.ones((2, 9, 2)), padding=1)
    expect.raises(ValueError, conv, tall, np.ones((2, 2, 2)))


@case("ValueError where the channels differ")
def channels_differ(candidate, rng):
    conv = candidate.conv2d_single
    expect.raises(ValueError, conv, rng.standard_normal((5, 5, 3)), np.ones((3, 3, 1)))
    expect.raises(ValueError, conv, rng.standard_normal((5, 5, 1)), np.ones((3, 3, 3)))
    expect.raises(ValueError, conv, rng.standard_normal((5, 5, 3)), np.ones((3, 3, 2)))


@case("ValueError for a wrong stride, padding or number of axes")
def bad_settings(candidate, rng):
    x, f = rng.standard_normal((5, 5, 2)), np.ones((3, 3, 2))
    conv = candidate.conv2d_single
    for stride in (0, -1):
        expect.raises(ValueError, conv, x, f, stride=stride)
    expect.raises(ValueError, conv, x, f, padding=-1)
    for image, weight in ((x[..., 0], f), (x[None], f), (x, f[..., 0]), (x, f[None])):
        expect.raises(ValueError, conv, image, weight)
