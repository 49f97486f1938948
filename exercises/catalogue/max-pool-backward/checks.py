"""Cases for max_pool2d_backward. Images without ties are shuffled numbers 0.1 apart."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

SAMPLE = np.array([[1.0, 3.0, 2.0], [4.0, 6.0, 6.0], [3.0, 1.0, 7.0]]).reshape(1, 1, 3, 3)
DOUT = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)


def agrees(candidate, dout, x, kernel, stride=None, **tolerance):
    actual = candidate.max_pool2d_backward(dout, x, kernel, stride)
    expect.close(actual, reference.max_pool2d_backward(dout, x, kernel, stride), **tolerance)
    return actual


def distinct(rng, shape):
    """An image whose values are all different and of either sign."""
    size = int(np.prod(shape))
    return (rng.permutation(size).reshape(shape) - size // 2) / 10


def gradient_for(rng, x, kernel, stride=None):
    return rng.standard_normal(reference.max_pool2d(x, kernel, stride).shape)


def random_layer(rng, make):
    """dout, x, kernel and stride of a layer whose image comes from `make`."""
    kernel, stride = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    x = make(rng, (2, 2, *(int(size) for size in rng.integers(4, 10, size=2))))
    return gradient_for(rng, x, kernel, stride), x, kernel, stride


@case("overlapping 2x2 windows on a 3x3 image with a tie", visible=True)
def sample(candidate, rng):
    agrees(candidate, DOUT, SAMPLE, 2, 1)


@case("a row and a column that belong to no window", visible=True)
def leftover(candidate, rng):
    agrees(candidate, DOUT[:, :, :1, :1], SAMPLE, 2)


@case("a gradient of another shape", visible=True)
def other_shape(candidate, rng):
    expect.raises(ValueError, candidate.max_pool2d_backward, DOUT, SAMPLE, 2)


@case("twenty random layers without ties", points=3)
def random_layers(candidate, rng):
    for _ in range(20):
        agrees(candidate, *random_layer(rng, distinct))


@case("ten random layers full of ties", points=3)
def ties(candidate, rng):
    def few_values(rng, shape):
        return rng.integers(-2, 1, size=shape).astype(float)

    for _ in range(10):
        agrees(candidate, *random_layer(rng, few_values))


@case("the gradient of the forward pass, by central differences", points=3)
def differences(candidate, rng):
    for kernel, stride in ((2, 1), (3, 2), (2, 3)):
        x = distinct(rng, (1, 2, 5, 5))
        dout = gradient_for(rng, x, kernel, stride)
        actual = candidate.max_pool2d_backward(dout, x, kernel, stride)

        def loss(at, dout=dout, kernel=kernel, stride=stride):
            return float((dout * reference.max_pool2d(at, kernel, stride)).sum())

        expect.gradient(actual, loss, x)


@case("a constant image: the first cell of each window gets everything", points=2)
def constant(candidate, rng):
    for value in (0.0, -1.5):
        x = np.full((1, 2, 6, 6), value)
        agrees(candidate, gradient_for(rng, x, 2), x, 2)
        agrees(candidate, gradient_for(rng, x, 3, 1), x, 3, 1)


@case("two equal winners: the topmost, then the leftmost", points=2)
def two_winners(candidate, rng):
    for one, other in (
        ((0, 1), (1, 0)),
        ((0, 2), (1, 0)),
        ((1, 0), (1, 2)),
        ((0, 0), (2, 2)),
        ((1, 1), (2, 0)),
    ):
        x = distinct(rng, (1, 1, 3, 3))
        x[0, 0, one[0], one[1]] = x[0, 0, other[0], other[1]] = 9.0
        agrees(candidate, gradient_for(rng, x, 3), x, 3)


@case("the sum of dx is the sum of dout", points=2)
def sums(candidate, rng):
    for make in (distinct, lambda rng, shape: np.maximum(rng.standard_normal(shape), 0)):
        for kernel, stride in ((2, 2), (3, 1), (3, 2)):
            x = make(rng, (1, 2, 6, 7))
            dout = rng.uniform(0.5, 1.5, size=reference.max_pool2d(x, kernel, stride).shape)
            dx = expect.array(candidate.max_pool2d_backward(dout, x, kernel, stride))
            expect.shape(dx, x.shape)
            expect.that(
                abs(float(dx.sum() - dout.sum())) < 1e-9,
                "The sum of dx is not that of dout.",
                label="sum of dx",
            )


@case("all values negative")
def negative(candidate, rng):
    x = -rng.uniform(1.0, 2.0, size=(2, 2, 6, 6))
    agrees(candidate, gradient_for(rng, x, 2), x, 2)
    agrees(candidate, gradient_for(rng, x, 3, 2), x, 3, 2)


@case("the stride defaults to the kernel")
def default_stride(candidate, rng):
    x = distinct(rng, (2, 2, 7, 8))
    for kernel in (1, 2, 3):
        dout = gradient_for(rng, x, kernel)
        expected = reference.max_pool2d_backward(dout, x, kernel)
        expect.close(candidate.max_pool2d_backward(dout, x, kernel), expected)


@case("rows and columns in no window get zeros")
def leftovers(candidate, rng):
    for shape in ((1, 2, 8, 5), (1, 2, 5, 8)):
        x = distinct(rng, shape)
        for kernel, stride in ((2, 3), (3, 3), (1, 2), (3, 4)):
            agrees(candidate, gradient_for(rng, x, kernel, stride), x, kernel, stride)


@case("a window exactly as large as the input, and windows of one cell")
def exact_fit(candidate, rng):
    x = distinct(rng, (2, 3, 4, 4))
    for kernel, stride in ((4, None), (4, 1), (4, 9), (1, 1)):
        agrees(candidate, gradient_for(rng, x, kernel, stride), x, kernel, stride)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    x = distinct(rng, (2, 2, 6, 6))
    dout = gradient_for(rng, x, 2)
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-5)):
        dx = agrees(candidate, dout.astype(dtype), x.astype(dtype), 2, rtol=tolerance, atol=tolerance)
        expect.dtype(dx, dtype)


@case("activations in float32, gradients in float64")
def mixed_dtypes(candidate, rng):
    x = distinct(rng, (2, 2, 6, 6)).astype(np.float32)
    dx = agrees(candidate, gradient_for(rng, x, 2), x, 2)
    expect.dtype(dx, np.float64)


@case("the arguments are left as they were, contiguous or not", points=2)
def untouched(candidate, rng):
    x = distinct(rng, (2, 7, 6, 3)).transpose(0, 3, 1, 2)[:, :, ::-1]
    dout = gradient_for(rng, x, 2)[..., ::-1]
    agrees(candidate, dout, x, 2)
    expect.inputs_unchanged(candidate.max_pool2d_backward, dout, x, 2)
    expect.inputs_unchanged(candidate.max_pool2d_backward, dout.copy(), np.ascontiguousarray(x), 2)


@case("ValueError where dout does not have the shape of the output", points=2)
def wrong_dout(candidate, rng):
    x = distinct(rng, (2, 3, 6, 6))
    shapes = (
        (2, 3, 2, 3),
        (2, 3, 3, 2),
        (2, 3, 4, 4),
        (2, 1, 3, 3),
        (1, 3, 3, 3),
        (2, 3, 1, 1),
        (3, 2, 3, 3),
    )
    for shape in shapes:
        expect.raises(ValueError, candidate.max_pool2d_backward, np.ones(shape), x, 2)


@case("ValueError where the window does not fit", points=2)
def does_not_fit(candidate, rng):
    x = distinct(rng, (1, 1, 3, 6))
    for image, stride, shape in (
        (x, 1, (1, 1, 0, 3)),
        (x, 2, (1, 1, 1, 2)),
        (x, 4, (1, 1, 0, 1)),
        (x.transpose(0, 1, 3, 2), 1, (1, 1, 3, 0)),
        (x.transpose(0, 1, 3, 2), 2, (1, 1, 2, 1)),
    ):
        expect.raises(ValueError, candidate.max_pool2d_backward, np.ones(shape), image, 4, stride)


@case("ValueError for a wrong kernel, stride or number of axes")
def bad_settings(candidate, rng):
    x, dout = distinct(rng, (1, 1, 4, 4)), np.ones((1, 1, 2, 2))
    for kernel, stride in ((0, 1), (-1, 1), (2, 0), (2, -2), (0, None)):
        expect.raises(ValueError, candidate.max_pool2d_backward, dout, x, kernel, stride)
    for kernel, side in ((0, 5), (-1, 6)):  # what the formula of the size gives
        expect.raises(ValueError, candidate.max_pool2d_backward, np.ones((1, 1, side, side)), x, kernel, 1)
    expect.raises(ValueError, candidate.max_pool2d_backward, dout[0], x, 2)
    expect.raises(ValueError, candidate.max_pool2d_backward, dout, x[0], 2)
    expect.raises(ValueError, candidate.max_pool2d_backward, dout[0], x[0], 2)
    expect.raises(ValueError, candidate.max_pool2d_backward, dout[None], x[None], 2)
