"""Cases for dropout_backward. Nothing here is left to chance: the mask is an argument."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

DOUT = np.array([[1.0, 2.0], [3.0, 4.0]])
DIAGONAL = np.eye(2, dtype=bool)
NARROW = {"rtol": 1e-12, "atol": 0.0}


def agrees(candidate, dout, mask, p, training=True, **tolerance):
    actual = candidate.dropout_backward(dout, mask, p, training)
    expect.close(actual, reference.dropout_backward(dout, mask, p, training), **(tolerance or NARROW))
    return actual


def forward_mask(rng, shape, p):
    """A mask as a forward pass draws it, with at least one element kept and one dropped."""
    mask = rng.random(shape) >= p
    mask.flat[0], mask.flat[-1] = True, False
    return mask


@case("p = 0.75 multiplies the gradient of what was kept by four", visible=True)
def quarter(candidate, rng):
    agrees(candidate, DOUT, DIAGONAL, 0.75)


@case("evaluation passes the gradient unchanged", visible=True)
def evaluation(candidate, rng):
    agrees(candidate, DOUT, DIAGONAL, 0.5, False)


@case("a mask of another shape", visible=True)
def other_shape(candidate, rng):
    expect.raises(ValueError, candidate.dropout_backward, DOUT, DIAGONAL[:1], 0.5, True)


@case("the same arguments give the same result", points=2)
def same_twice(candidate, rng):
    dout = rng.standard_normal((20, 30))
    mask = forward_mask(rng, dout.shape, 0.4)
    first, second = (expect.array(candidate.dropout_backward(dout, mask, 0.4, True)) for _ in range(2))
    expect.close(second, first, rtol=0, atol=0, label="two equal calls")


@case("zero where dropped, scaled by 1/(1-p) where kept", points=3)
def scaled(candidate, rng):
    for p in (0.1, 0.3, 0.5, 0.85):
        for shape in ((40,), (7, 5), (2, 3, 4, 5)):
            dout = rng.standard_normal(shape)
            agrees(candidate, dout, forward_mask(rng, shape, p), p)


@case("the gradient of the forward pass with its mask frozen, by central differences", points=3)
def differences(candidate, rng):
    for p in (0.2, 0.6):
        x, dout = rng.standard_normal((2, 3, 5))
        mask = forward_mask(rng, x.shape, p)
        actual = candidate.dropout_backward(dout, mask, p, True)

        def loss(at, dout=dout, mask=mask, p=p):
            return float((dout * np.where(mask, at / (1 - p), 0)).sum())

        expect.gradient(actual, loss, x)


@case("the mask of a forward pass", points=2)
def after_forward(candidate, rng):
    x = rng.uniform(1, 2, size=(3, 4, 5))
    for p in (0.3, 0.7):
        y, mask = reference.dropout(x, p, True, rng)
        actual = expect.array(agrees(candidate, x, mask, p))
        expect.close(actual, y, label="linear layer")  # dropout with a fixed mask is linear


@case("the scale comes from p, not from the mask", points=2)
def scale_from_p(candidate, rng):
    dout = rng.standard_normal((4, 6))
    for p in (0.25, 0.5):
        for mask in (
            np.ones((4, 6), dtype=bool),
            np.zeros((4, 6), dtype=bool),
            np.arange(24).reshape(4, 6) > 20,
        ):
            agrees(candidate, dout, mask, p)


@case("evaluation changes nothing for any mask and p", points=2)
def evaluation_for_any_p(candidate, rng):
    dout = rng.standard_normal((3, 4, 2))
    for p in (0.0, 0.4, 1.0):
        agrees(candidate, dout, forward_mask(rng, dout.shape, p), p, False, rtol=0, atol=0)
    agrees(candidate, dout, np.zeros(dout.shape, dtype=bool), 1.0, False, rtol=0, atol=0)


@case("p = 0 passes everything, p = 1 gives zeros", points=2)
def extremes(candidate, rng):
    dout = rng.standard_normal((5, 6))
    agrees(candidate, dout, np.ones(dout.shape, dtype=bool), 0.0)
    agrees(candidate, dout, np.zeros(dout.shape, dtype=bool), 1.0)
    agrees(candidate, dout, np.zeros(dout.shape, dtype=bool), 1)


@case("masks of zeros and ones in any dtype", points=2)
def mask_dtypes(candidate, rng):
    dout = rng.standard_normal((6, 5))
    mask = forward_mask(rng, dout.shape, 0.4)
    for dtype in (np.int8, np.uint8, np.int64, np.float32, np.float64):
        agrees(candidate, dout, mask.astype(dtype), 0.4)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-6)):
        dout = rng.standard_normal((6, 5)).astype(dtype)
        mask = forward_mask(rng, dout.shape, 0.3)
        for kept in (mask, mask.astype(np.float64)):
            expect.dtype(agrees(candidate, dout, kept, 0.3, rtol=tolerance, atol=0), dtype)
        expect.dtype(agrees(candidate, dout, mask, 0.3, False, rtol=0, atol=0), dtype)
        expect.dtype(agrees(candidate, dout, np.zeros_like(mask), 1.0, rtol=0, atol=0), dtype)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    dout = rng.standard_normal((8, 9)).T[::-1]
    mask = forward_mask(rng, (9, 16), 0.5)[:, ::2]
    agrees(candidate, dout, mask, 0.5)
    for training in (True, False):
        expect.inputs_unchanged(candidate.dropout_backward, dout, mask, 0.5, training)
    expect.inputs_unchanged(candidate.dropout_backward, dout.copy(), mask.copy(), 0.5, True)


@case("ValueError for a mask of another shape in both modes", points=2)
def shapes(candidate, rng):
    dout = rng.standard_normal((3, 4))
    for training in (True, False):
        for shape in ((1, 4), (3, 1), (4,), (4, 3), (1, 3, 4), (12,), ()):
            expect.raises(ValueError, candidate.dropout_backward, dout, np.ones(shape, bool), 0.5, training)


@case("ValueError for p outside [0, 1] in both modes")
def bad_probability(candidate, rng):
    dout, mask = rng.standard_normal((3, 4)), np.ones((3, 4), dtype=bool)
    for training in (True, False):
        for p in (-0.001, 1.0001, 50.0, -1):
            expect.raises(ValueError, candidate.dropout_backward, dout, mask, p, training)
