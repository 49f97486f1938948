"""Cases for conv2d_backward. The reference agrees with PyTorch; two cases know nothing but differences."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

X = np.arange(9.0).reshape(1, 1, 3, 3)
W = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
DOUT = np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(1, 1, 2, 2)
GRADIENTS = ("dx", "dw", "db")


def agrees(candidate, dout, x, w, tolerance=1e-9, **settings):
    """Compare all three gradients with the reference and give them back."""
    found = expect.items(candidate.conv2d_backward(dout, x, w, **settings), 3)
    for actual, expected in zip(found, reference.conv2d_backward(dout, x, w, **settings), strict=True):
        expect.close(actual, expected, rtol=tolerance, atol=tolerance)
    return found


def layer(rng, x_shape, w_shape, **settings):
    """dout, x and w of a layer of these shapes."""
    x, w = rng.standard_normal(x_shape), rng.standard_normal(w_shape)
    return rng.standard_normal(reference.conv2d(x, w, **settings).shape), x, w


def random_layer(rng):
    """dout, x, w and the settings of a layer that fits."""
    stride, dilation = (int(v) for v in rng.integers(1, 4, size=2))
    padding = int(rng.integers(0, 3))
    kernel = [int(v) for v in rng.integers(1, 4, size=2)]
    size = [max(dilation * (k - 1) + 1 - 2 * padding, 1) + int(rng.integers(0, 5)) for k in kernel]
    n, c_in, c_out = (int(v) for v in rng.integers(1, 4, size=3))
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    return layer(rng, (n, c_in, *size), (c_out, c_in, *kernel), **settings), settings


@case("a 2x2 kernel on a 3x3 image", visible=True)
def small(candidate, rng):
    agrees(candidate, DOUT, X, W)


@case("stride 2 leaves a row and a column over", visible=True)
def leftover(candidate, rng):
    agrees(candidate, DOUT[:, :, :1, :1], X, W, stride=2)


@case("a gradient of another shape", visible=True)
def other_shape(candidate, rng):
    expect.raises(ValueError, candidate.conv2d_backward, DOUT, X, W, 2)


@case("thirty random layers", points=4)
def random_layers(candidate, rng):
    for _ in range(30):
        arrays, settings = random_layer(rng)
        agrees(candidate, *arrays, **settings)


@case("dx and dw by central differences", points=3)
def differences(candidate, rng):
    for settings in ({"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2}):
        dout, x, w = layer(rng, (2, 2, 4, 3), (2, 2, 2, 3), **settings)
        dx, dw, _ = expect.items(candidate.conv2d_backward(dout, x, w, **settings), 3)

        def loss(x, w, dout=dout, settings=settings):
            return float((dout * reference.conv2d(x, w, **settings)).sum())

        expect.gradient(dx, lambda at, w=w, loss=loss: loss(at, w), x)
        expect.gradient(dw, lambda at, x=x, loss=loss: loss(x, at), w)


@case("rows and columns that are never read have no gradient", points=2)
def unread(candidate, rng):
    for settings in ({"stride": 3}, {"stride": 4, "dilation": 2}):
        dout, x, w = layer(rng, (2, 2, 7, 9), (3, 2, 2, 2), **settings)  # reads columns up to 7 at most
        for arrays in ((dout, x, w), [one.transpose(0, 1, 3, 2).copy() for one in (dout, x, w)]):
            dx, _, _ = agrees(candidate, *arrays, **settings)
            rest = expect.array(dx)[..., 8:] if arrays[1] is x else expect.array(dx)[:, :, 8:]
            expect.that(not rest.any(), "A cell that no window reads has a gradient.", label="unread cells")


@case("the gradients are linear in dout", points=2)
def linear(candidate, rng):
    settings = {"stride": 2, "padding": 1}
    one, x, w = layer(rng, (2, 2, 5, 6), (3, 2, 3, 2), **settings)
    other = rng.standard_normal(one.shape)
    first, second = (agrees(candidate, dout, x, w, **settings) for dout in (one, other))
    both = expect.items(candidate.conv2d_backward(2 * one - 3 * other, x, w, **settings), 3)
    for name, a, b, c in zip(GRADIENTS, first, second, both, strict=True):
        expect.close(c, 2 * expect.array(a) - 3 * expect.array(b), label=f"superposition of {name}")


@case("a batch gives the sums of its images", points=2)
def batch_sums(candidate, rng):
    dout, x, w = layer(rng, (3, 2, 5, 4), (2, 2, 3, 3), padding=1)
    dx, dw, db = agrees(candidate, dout, x, w, padding=1)
    alone = [agrees(candidate, dout[i : i + 1], x[i : i + 1], w, padding=1) for i in range(3)]
    expect.close(dx, np.concatenate([expect.array(one[0]) for one in alone]), label="dx of the batch")
    expect.close(dw, sum(expect.array(one[1]) for one in alone), label="dw of the batch")
    expect.close(db, sum(expect.array(one[2]) for one in alone), label="db of the batch")


@case("a 1x1 convolution is a matrix product", points=2)
def pointwise(candidate, rng):
    dout, x, w = layer(rng, (2, 3, 4, 5), (4, 3, 1, 1))
    agrees(candidate, dout, x, w)
    agrees(candidate, *layer(rng, (2, 3, 5, 4), (2, 3, 1, 1), stride=2, padding=1), stride=2, padding=1)


@case("a kernel exactly as large as the padded input")
def exact_fit(candidate, rng):
    agrees(candidate, *layer(rng, (2, 2, 4, 3), (3, 2, 4, 3)))
    agrees(candidate, *layer(rng, (1, 2, 3, 1), (2, 2, 3, 2), padding=1, dilation=2), padding=1, dilation=2)
    agrees(candidate, *layer(rng, (1, 1, 1, 1), (2, 1, 5, 5), padding=2, stride=3), padding=2, stride=3)


@case("stride, padding and dilation default to 1, 0 and 1")
def defaults(candidate, rng):
    dout, x, w = layer(rng, (2, 2, 5, 6), (3, 2, 3, 2))
    agrees(candidate, dout, x, w)
    agrees(candidate, *layer(rng, (1, 2, 5, 6), (3, 2, 3, 2), padding=2), padding=2)
    agrees(candidate, *layer(rng, (1, 2, 6, 6), (3, 2, 3, 2), dilation=2), dilation=2)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    arrays = layer(rng, (2, 2, 5, 6), (3, 2, 3, 2), padding=1)
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-4)):
        for found in agrees(candidate, *(one.astype(dtype) for one in arrays), tolerance, padding=1):
            expect.dtype(found, dtype)


@case("the arguments are left as they were, contiguous or not", points=2)
def untouched(candidate, rng):
    x = rng.standard_normal((2, 6, 5, 3)).transpose(0, 3, 1, 2)
    w = rng.standard_normal((3, 2, 3, 2)).transpose(3, 0, 1, 2)[:, :, :, ::-1]
    dout = rng.standard_normal(reference.conv2d(x, w).shape[::-1]).transpose(3, 2, 1, 0)
    agrees(candidate, dout, x, w)
    expect.inputs_unchanged(candidate.conv2d_backward, dout, x, w)
    expect.inputs_unchanged(candidate.conv2d_backward, *(np.ascontiguousarray(one) for one in (dout, x, w)))


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    for settings in ({"padding": 1}, {"stride": 2, "padding": 2, "dilation": 2}):
        arrays = layer(rng, (3, 4, 9, 8), (5, 4, 3, 3), **settings)
        given = [torch_tensor(one.astype(np.float32), device=device) for one in arrays]
        exact = reference.conv2d_backward(*(one.array.astype(np.float64) for one in given), **settings)
        found = expect.items(candidate.conv2d_backward(*given, **settings), 3)
        for actual, expected in zip(found, exact, strict=True):
            expect.close(actual, torch_tensor(expected), rtol=1e-4, atol=1e-4)
            expect.dtype(actual, np.float32)
            expect.device(actual, device)


@case("ValueError where dout does not have the shape of the output", points=2)
def wrong_dout(candidate, rng):
    dout, x, w = layer(rng, (2, 3, 6, 5), (4, 3, 3, 3), stride=2, padding=1)
    shapes = (
        (2, 4, 3, 2),
        (2, 4, 2, 3),
        (2, 4, 4, 3),
        (1, 4, 3, 3),
        (2, 1, 3, 3),
        (2, 3, 3, 3),
        (2, 4, 1, 1),
    )
    expect.that(dout.shape == (2, 4, 3, 3), "The sizes of this case changed.")
    for shape in shapes:
        expect.raises(ValueError, candidate.conv2d_backward, np.ones(shape), x, w, 2, 1)


@case("ValueError where the kernel does not fit", points=2)
def does_not_fit(candidate, rng):
    x, w = rng.standard_normal((1, 1, 4, 4)), rng.standard_normal((1, 1, 3, 2))
    for dilation, padding, stride, shape in ((2, 0, 1, (0, 2)), (2, 0, 2, (1, 1)), (3, 1, 1, (0, 3))):
        dout = np.ones((1, 1, *shape))
        expect.raises(ValueError, candidate.conv2d_backward, dout, x, w, stride, padding, dilation)
        turned = [one.transpose(0, 1, 3, 2) for one in (dout, x, w)]
        expect.raises(ValueError, candidate.conv2d_backward, *turned, stride, padding, dilation)


@case("ValueError for wrong settings, channels or numbers of axes", points=2)
def bad_settings(candidate, rng):
    back, x, w = (
        candidate.conv2d_backward,
        rng.standard_normal((2, 3, 5, 5)),
        rng.standard_normal((4, 3, 2, 2)),
    )
    dout = rng.standard_normal((2, 4, 4, 4))
    for stride, padding, dilation in ((0, 0, 1), (-1, 0, 1), (1, -1, 1), (1, 0, 0), (1, 0, -1)):
        expect.raises(ValueError, back, dout, x, w, stride, padding, dilation)
    expect.raises(ValueError, back, np.ones((2, 4, 5, 5)), x, w, 1, 0, 0)
    expect.raises(ValueError, back, np.ones((2, 4, 6, 6)), x, w, 1, 0, -1)
    expect.raises(ValueError, back, np.ones((2, 4, 2, 2)), x, w, 1, -1, 1)
    for channels in (1, 2, 4):
        expect.raises(ValueError, back, dout, x, rng.standard_normal((4, channels, 2, 2)))
    for arrays in (
        (dout[0], x, w),
        (dout, x[0], w),
        (dout, x, w[0]),
        (dout[0], x[0], w),
        (dout, x[..., 0], w),
        (dout, x, w[..., 0]),
        (dout, x, w[..., None]),
    ):
        expect.raises(ValueError, back, *arrays)
