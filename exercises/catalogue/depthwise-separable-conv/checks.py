"""Cases for ds_conv, a depthwise and a pointwise convolution, and for cost, what that saves."""

from fractions import Fraction

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

DOUBLE = {"rtol": 1e-10, "atol": 1e-12}
SINGLE = {"rtol": 1e-4, "atol": 1e-4}
KEYS = ("weights", "macs", "dense_weights", "dense_macs")


def expected(x, w_depth, w_point, *args, **settings):
    """The reference in float64, whatever the dtype of the arguments."""
    wide = [array.astype(np.float64) for array in (x, w_depth, w_point)]
    return reference.depthwise_separable_conv2d(*wide, *args, **settings)


def agrees(candidate, arrays, *args, **settings):
    actual = candidate.ds_conv(*arrays, *args, **settings)
    single = arrays[0].dtype == np.float32
    expect.close(actual, expected(*arrays, *args, **settings), **(SINGLE if single else DOUBLE))
    return actual


def draw(rng, k, height, width, n=2):
    """x, w_depth and w_point of a random layer with different numbers of channels in and out."""
    c, c_out = (int(v) for v in rng.permutation(5)[:2] + 1)
    shapes = (n, c, height, width), (c, 1, k, k), (c_out, c, 1, 1)
    return [rng.standard_normal(shape) for shape in shapes]


def costs(candidate, *numbers):
    """Compare what a call of cost gives, key by key, so that a report names the key."""
    actual = candidate.cost(*numbers)
    right = reference.separable_cost(*numbers)
    expect.that(isinstance(actual, dict), "cost must return a dict.")
    expect.equal(sorted(map(str, actual)), sorted(right))
    for key in KEYS:
        expect.equal(actual[key], right[key], label=key)
    ratio = expect.items(actual["ratio"], 2)
    expect.equal(ratio, [right["ratio"].numerator, right["ratio"].denominator], label="ratio")
    return actual


@case("two channels, a 2x2 kernel each, mixed into two", visible=True)
def sample(candidate, rng):
    x = np.stack([np.arange(9.0).reshape(3, 3), np.ones((3, 3))])[None]
    w_depth = np.stack([np.ones((1, 2, 2)), np.full((1, 2, 2), 2.0)])
    agrees(candidate, (x, w_depth, np.array([[1.0, 1.0], [1.0, -1.0]]).reshape(2, 2, 1, 1)))


@case("stride 2 and padding 1", visible=True)
def sample_stride(candidate, rng):
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    agrees(candidate, (x, np.ones((1, 1, 3, 3)), np.array([1.0, -2.0]).reshape(2, 1, 1, 1)), 2, 1)


@case("from 64 to 128 channels with a 3x3 kernel: 8,768 weights instead of 73,728", visible=True)
def sample_cost(candidate, rng):
    costs(candidate, 64, 128, 3, 28, 28)


@case("eight random layers", points=3)
def random_layers(candidate, rng):
    for _ in range(8):
        k = int(rng.integers(1, 6))
        arrays = draw(rng, k, *(int(v) for v in rng.integers(6, 10, size=2)))
        agrees(candidate, arrays, int(rng.integers(1, 4)), int(rng.integers(0, 3)))


@case("the stride belongs to the depthwise step alone", points=2)
def strides(candidate, rng):
    for stride in (2, 3, 4):
        for k, padding in ((3, 1), (1, 0)):
            agrees(candidate, draw(rng, k, 9, 12), stride, padding)


@case("a channel is filtered by its own kernel only", points=2)
def channels_apart(candidate, rng):
    x, w_depth, _ = draw(rng, 3, 6, 7)
    c = x.shape[1]
    w_point = np.eye(c).reshape(c, c, 1, 1)  # mixes nothing
    for channel in range(c):
        alone = np.zeros_like(x)
        alone[:, channel] = x[:, channel]
        agrees(candidate, (alone, w_depth, w_point), padding=1)


@case("as many channels out as in")
def square_mixing(candidate, rng):
    for c in (2, 3):
        shapes = (2, c, 5, 6), (c, 1, 3, 3), (c, c, 1, 1)
        agrees(candidate, [rng.standard_normal(shape) for shape in shapes], 2, 1)


@case("with a kernel of a single 1 only the mixing is left")
def pointwise_only(candidate, rng):
    x, _, w_point = draw(rng, 1, 4, 5)
    mixed = np.einsum("oc,nchw->nohw", w_point[:, :, 0, 0], x)
    expect.close(candidate.ds_conv(x, np.ones((x.shape[1], 1, 1, 1)), w_point), mixed, **DOUBLE)


@case("kernels are not turned")
def not_turned(candidate, rng):
    w_depth = rng.standard_normal((1, 1, 3, 3))
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 2, 2] = 1.0
    result = candidate.ds_conv(x, w_depth, np.ones((1, 1, 1, 1)))
    expect.close(result, w_depth[:, :, ::-1, ::-1], **DOUBLE)


@case("stride 1 and no padding unless they are given")
def defaults(candidate, rng):
    arrays = draw(rng, 3, 6, 5)
    agrees(candidate, arrays)
    agrees(candidate, arrays, 2)
    agrees(candidate, arrays, padding=1)


@case("a kernel exactly as large as the padded input, and a single channel")
def exact_fit(candidate, rng):
    agrees(candidate, draw(rng, 4, 4, 4))
    agrees(candidate, draw(rng, 5, 3, 4), 3, 1)
    agrees(candidate, draw(rng, 5, 4, 3), 1, 1)
    x, w_depth, w_point = (rng.standard_normal(shape) for shape in ((1, 1, 5, 4), (1, 1, 2, 2), (3, 1, 1, 1)))
    agrees(candidate, (x, w_depth, w_point), 2)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype in (np.float64, np.float32):
        arrays = [array.astype(dtype) for array in draw(rng, 3, 7, 6)]
        expect.dtype(agrees(candidate, arrays, 2, 1), dtype)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((7, 6, 3, 2)).transpose(3, 2, 1, 0)[:, :, ::-1]
    w_depth = rng.standard_normal((3, 3, 1, 3)).transpose(3, 2, 1, 0)
    w_point = rng.standard_normal((3, 8)).T[::2].reshape(4, 3, 1, 1)
    agrees(candidate, (x, w_depth, w_point), 2, 1)
    expect.inputs_unchanged(candidate.ds_conv, x, w_depth, w_point)
    expect.inputs_unchanged(candidate.ds_conv, x.copy(), w_depth.copy(), w_point.copy(), 2, 1)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    for stride, padding in ((1, 1), (2, 0)):
        arrays = [array.astype(np.float32) for array in draw(rng, 3, 8, 7)]
        sent = [torch_tensor(array, device=device) for array in arrays]
        result = candidate.ds_conv(*sent, stride, padding)
        expect.close(result, torch_tensor(expected(*arrays, stride, padding)), **SINGLE)
        expect.dtype(result, np.float32)
        expect.device(result, device)


@case("weights and multiply-accumulates of random layers", points=2)
def random_costs(candidate, rng):
    for _ in range(6):
        c, c_out = (int(v) for v in rng.integers(1, 600, size=2))
        k, height, width = (int(v) for v in rng.integers(1, 12, size=3))
        costs(candidate, c, c_out, k, height, width)
    costs(candidate, 1, 1, 1, 1, 1)
    costs(candidate, 4096, 4096, 7, 1024, 2048)  # beyond 32 bits


@case("the ratio is 1/C_out + 1/k**2, in lowest terms", points=2)
def ratios(candidate, rng):
    for c, c_out, k in ((256, 256, 3), (96, 24, 5), (12, 36, 6), (int(rng.integers(2, 300)), 9, 3)):
        ratio = costs(candidate, c, c_out, k, 7, 7)["ratio"]
        numerator, denominator = ratio
        fraction = Fraction(1, c_out) + Fraction(1, k * k)
        expect.equal([numerator, denominator], [fraction.numerator, fraction.denominator], label="ratio")


@case("ValueError for a depth multiplier and for other weights", points=2)
def bad_weights(candidate, rng):
    call, x = candidate.ds_conv, rng.standard_normal((2, 4, 6, 6))
    point = rng.standard_normal((3, 4, 1, 1))
    counts = ((8, 1, 3, 3), (2, 1, 3, 3), (1, 1, 3, 3), (4, 2, 3, 3), (4, 4, 3, 3))
    for shape in (*counts, (4, 1, 3, 2), (4, 1, 1, 3)):
        expect.raises(ValueError, call, x, rng.standard_normal(shape), point, label="w_depth")
    depth = rng.standard_normal((4, 1, 3, 3))
    for shape in ((3, 8, 1, 1), (3, 1, 1, 1), (4, 3, 1, 1), (3, 4, 3, 3), (3, 4, 1, 2), (3, 4, 2, 1)):
        expect.raises(ValueError, call, x, depth, rng.standard_normal(shape), label="w_point")


@case("ValueError where the kernel does not fit", points=2)
def does_not_fit(candidate, rng):
    for k, height, width, padding in ((3, 2, 6, 0), (3, 6, 2, 0), (5, 2, 9, 1), (5, 9, 2, 1)):
        expect.raises(ValueError, candidate.ds_conv, *draw(rng, k, height, width), 1, padding)
        expect.raises(ValueError, candidate.ds_conv, *draw(rng, k, height, width), 3, padding)


@case("ValueError for a wrong stride or padding, and other numbers of axes")
def bad_arguments(candidate, rng):
    call = candidate.ds_conv
    x, w_depth, w_point = (rng.standard_normal(shape) for shape in ((3, 3, 6, 6), (3, 1, 3, 3), (2, 3, 1, 1)))
    for settings in ({"stride": 0}, {"stride": -1}, {"padding": -1}):
        expect.raises(ValueError, call, x, w_depth, w_point, **settings)
    for image in (x[0], x[None]):
        expect.raises(ValueError, call, image, w_depth, w_point)
    for depth in (w_depth[:, 0], w_depth[None], w_depth[..., None]):
        expect.raises(ValueError, call, x, depth, w_point)
    for point in (w_point[:, :, 0, 0], w_point[:, :, 0], w_point[0], w_point[None]):
        expect.raises(ValueError, call, x, w_depth, point)


@case("ValueError where a number of cost is below 1")
def bad_numbers(candidate, rng):
    right = [8, 16, 3, 5, 7]
    for index in range(5):
        for value in (0, -1):
            expect.raises(ValueError, candidate.cost, *right[:index], value, *right[index + 1 :])
