"""Cases for conv_transpose2d: every input value spreads a scaled kernel, and copies add up."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

DOUBLE = {"rtol": 1e-10, "atol": 1e-12}
SINGLE = {"rtol": 1e-4, "atol": 1e-4}


def expected(x, w, *args, **settings):
    """The reference in float64, whatever the dtype of the arguments."""
    return reference.conv_transpose2d(x.astype(np.float64), w.astype(np.float64), *args, **settings)


def agrees(candidate, x, w, *args, **settings):
    actual = candidate.conv_transpose2d(x, w, *args, **settings)
    expect.close(actual, expected(x, w, *args, **settings), **(SINGLE if x.dtype == np.float32 else DOUBLE))
    return actual


def draw(rng, kernel, low=2, high=6):
    """An image and weights with these kernel sizes and few channels."""
    n, c_in, c_out = (int(v) for v in rng.integers(1, 4, size=3))
    height, width = (int(v) for v in rng.integers(low, high, size=2))
    return rng.standard_normal((n, c_in, height, width)), rng.standard_normal((c_in, c_out, *kernel))


@case("four values spread a kernel of ones with stride 2", visible=True)
def sample(candidate, rng):
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
    agrees(candidate, x, np.ones((1, 1, 3, 3)), 2)


@case("padding cuts off, output padding gives back", visible=True)
def sample_padding(candidate, rng):
    x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
    w = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    agrees(candidate, x, w, 2, padding=1)
    agrees(candidate, x, w, 2, padding=1, output_padding=1)


@case("two input channels, three output channels", visible=True)
def sample_channels(candidate, rng):
    x = np.array([1.0, 10.0]).reshape(1, 2, 1, 1)
    agrees(candidate, x, np.arange(12.0).reshape(2, 3, 1, 2), 1)


@case("kernels of 1 to 5 with strides of 1 to 3", points=3)
def every_kernel(candidate, rng):
    for kernel in (1, 2, 3, 4, 5):
        stride = int(rng.integers(1, 4))
        padding = int(rng.integers(0, min(3, kernel + 1)))
        x, w = draw(rng, (kernel, kernel), low=4)
        agrees(candidate, x, w, stride, padding, int(rng.integers(0, stride)))


@case("each stride with each padding", points=3)
def every_setting(candidate, rng):
    for stride in (1, 2, 3):
        for padding in (0, 1, 2):
            kernel = tuple(int(v) for v in rng.integers(2, 5, size=2))
            x, w = draw(rng, kernel, low=4)
            agrees(candidate, x, w, stride, padding, stride - 1)


@case("kernels and images that are not square", points=2)
def not_square(candidate, rng):
    for kernel in ((1, 4), (5, 2), (3, 1)):
        x = rng.standard_normal((2, 2, 3, 6))
        agrees(candidate, x, rng.standard_normal((2, 3, *kernel)), 2)
        agrees(candidate, x.transpose(0, 1, 3, 2), rng.standard_normal((2, 3, *kernel)), 3)


@case("a single bright pixel prints the kernel, not turned", points=2)
def impulse(candidate, rng):
    x, w = np.zeros((1, 1, 3, 3)), rng.standard_normal((1, 2, 3, 2))
    x[0, 0, 1, 1] = 1.0
    y = np.zeros((1, 2, 7, 6))
    y[0, :, 2:5, 2:4] = w[0]
    expect.close(candidate.conv_transpose2d(x, w, 2), y, **DOUBLE)


@case("it is the adjoint of the convolution with the same weights", points=3)
def adjoint(candidate, rng):
    for stride, padding, kernel in ((1, 0, 3), (2, 1, 3), (3, 2, 4), (2, 0, 2)):
        y = rng.standard_normal((2, 3, *(int(v) for v in rng.integers(7, 10, size=2))))
        w = rng.standard_normal((4, 3, kernel, kernel))
        # Cut to a size at which no rest of a stride is left over, so that both maps have the same shapes.
        rows, columns = (size - (size + 2 * padding - kernel) % stride for size in y.shape[2:])
        y = y[:, :, :rows, :columns]
        forward = reference.conv2d(y, w, stride=stride, padding=padding)
        x = rng.standard_normal(forward.shape)
        back = expect.array(agrees(candidate, x, w, stride, padding))
        expect.shape(back, y.shape)
        expect.close(float((forward * x).sum()), float((y * back).sum()), rtol=1e-10, atol=1e-10)


@case("how many copies overlap at each output", points=2)
def overlaps(candidate, rng):
    ones = np.ones((1, 1, 4, 5))
    for kernel, stride in ((3, 2), (4, 2), (2, 2), (2, 3), (5, 2)):
        actual = candidate.conv_transpose2d(ones, np.ones((1, 1, kernel, kernel)), stride)
        counts = [np.zeros((n - 1) * stride + kernel) for n in (4, 5)]
        for axis in counts:
            for start in range(0, len(axis) - kernel + 1, stride):
                axis[start : start + kernel] += 1
        expect.close(actual, np.multiply.outer(*counts)[None, None], **DOUBLE)


@case("the size is (n - 1)*s - 2*p + k + q", points=2)
def sizes(candidate, rng):
    x, w = rng.standard_normal((2, 2, 4, 3)), rng.standard_normal((2, 5, 3, 4))
    for stride, padding, extra in ((1, 0, 0), (2, 1, 1), (3, 2, 1), (3, 1, 2), (4, 2, 3)):
        actual = candidate.conv_transpose2d(x, w, stride, padding, extra)
        size = tuple((n - 1) * stride - 2 * padding + k + extra for n, k in ((4, 3), (3, 4)))
        expect.shape(actual, (2, 5, *size))


@case("output padding shows real values, and zeros only beyond the last copy", points=2)
def output_padding(candidate, rng):
    x, w = rng.uniform(1, 2, size=(1, 2, 3, 4)), rng.uniform(1, 2, size=(2, 2, 3, 3))
    cut = expect.array(agrees(candidate, x, w, 2, 1, 1))
    expect.that(bool((cut != 0).all()), "Output padding gave zeros where copies of the kernel lie.")
    beyond = expect.array(agrees(candidate, x, w, 3, 0, 2))
    expect.that(not beyond[:, :, -2:].any(), "Rows beyond the last copy of the kernel must be 0.")
    agrees(candidate, x, w, 3, 1, 2)


@case("stride 1 and no padding unless they are given")
def defaults(candidate, rng):
    x, w = draw(rng, (3, 2))
    agrees(candidate, x, w)
    agrees(candidate, x, w, 2)
    agrees(candidate, x, w, padding=1)
    agrees(candidate, x, w, output_padding=2, stride=3)


@case("padding up to the last row that is left")
def narrow(candidate, rng):
    agrees(candidate, rng.standard_normal((1, 2, 3, 5)), rng.standard_normal((2, 2, 1, 1)), 1, 1)
    agrees(candidate, rng.standard_normal((1, 2, 1, 4)), rng.standard_normal((2, 2, 3, 3)), 1, 1)
    agrees(candidate, rng.standard_normal((1, 2, 4, 1)), rng.standard_normal((2, 2, 4, 4)), 2, 2, 1)
    agrees(candidate, rng.standard_normal((1, 2, 2, 2)), rng.standard_normal((2, 2, 3, 3)), 2, 2)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype in (np.float64, np.float32):
        x, w = (array.astype(dtype) for array in draw(rng, (3, 2)))
        expect.dtype(agrees(candidate, x, w, 2, 1, 1), dtype)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((5, 4, 3, 2)).transpose(3, 2, 1, 0)[:, :, ::-1]
    w = rng.standard_normal((2, 3, 4, 3)).transpose(3, 2, 1, 0)[:, ::2]
    agrees(candidate, x, w, 2, 1)
    expect.inputs_unchanged(candidate.conv_transpose2d, x, w, 2)
    expect.inputs_unchanged(candidate.conv_transpose2d, x.copy(), w.copy(), 2, 1, 1)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    for stride, padding, extra in ((2, 1, 1), (1, 2, 0)):
        x = rng.standard_normal((2, 3, 5, 6)).astype(np.float32)
        w = rng.standard_normal((3, 4, 4, 3)).astype(np.float32)
        sent = torch_tensor(x, device=device), torch_tensor(w, device=device)
        result = candidate.conv_transpose2d(*sent, stride, padding, extra)
        expect.close(result, torch_tensor(expected(x, w, stride, padding, extra)), **SINGLE)
        expect.dtype(result, np.float32)
        expect.device(result, device)


@case("ValueError for output padding that is negative or not below the stride", points=2)
def bad_output_padding(candidate, rng):
    x, w = rng.standard_normal((1, 1, 3, 3)), rng.standard_normal((1, 1, 3, 3))
    for stride, extra in ((1, 1), (2, 2), (2, 3), (3, 3), (2, -1), (1, -1)):
        expect.raises(ValueError, candidate.conv_transpose2d, x, w, stride, 0, extra)


@case("ValueError where nothing is left of the output", points=2)
def no_output(candidate, rng):
    call = candidate.conv_transpose2d
    for height, width, kernel, stride, padding in (
        (2, 9, (2, 3), 1, 2),  # 3 - 4 rows
        (9, 3, (3, 2), 1, 2),  # 4 - 4 columns
        (1, 5, (4, 4), 3, 2),  # 4 - 4 rows
        (1, 1, (1, 1), 2, 3),
    ):
        x, w = rng.standard_normal((1, 1, height, width)), rng.standard_normal((1, 1, *kernel))
        expect.raises(ValueError, call, x, w, stride, padding)


@case("ValueError for a wrong stride or padding, other numbers of axes, and weights of another depth")
def bad_arguments(candidate, rng):
    call, x, w = candidate.conv_transpose2d, rng.standard_normal((2, 3, 3, 4)), np.ones((3, 2, 3, 3))
    for settings in ({"stride": 0}, {"stride": -1}, {"stride": 1, "padding": -1}):
        expect.raises(ValueError, call, x, w, **settings)
    for image, weights in ((x[0], w), (x[None], w), (x, w[0]), (x, w[None])):
        expect.raises(ValueError, call, image, weights)
    for image, weights in ((x, w[:2]), (x, w.transpose(1, 0, 2, 3)), (x[:, :1], w), (x, w[:1])):
        expect.raises(ValueError, call, image, weights)
