"""Cases for activations: value and slope of each against the reference, kinks and large inputs apart."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

KINDS = ("relu", "leaky_relu", "prelu", "elu", "silu", "gelu")
FEW = np.array([-2.0, -0.5, 0.0, 1.0, 3.0])


def agree(candidate, x, settings, rtol=1e-9, atol=1e-12):
    """Both results for several (kind, a), in the dtype of x. All calls come before the first comparison."""
    found = [expect.items(candidate.activation(x, kind, a), 2) for kind, a in settings]
    for (y, slope), (kind, a) in zip(found, settings, strict=True):
        values, slopes = reference.activation(x.astype(np.float64), kind, a)
        expect.close(y, values, rtol=rtol, atol=atol, label="the value")
        expect.close(slope, slopes, rtol=rtol, atol=atol, label="the slope")
    for y, slope in found:
        expect.dtype(y, x.dtype)
        expect.dtype(slope, x.dtype)


def around_zero(rng, shape=(4, 6)):
    """Numbers up to 4 in size, none of them near the kink."""
    return rng.uniform(0.05, 4, size=shape) * rng.choice((-1, 1), size=shape)


@case("ReLU and leaky ReLU of five numbers", visible=True)
def rectifiers(candidate, rng):
    agree(candidate, FEW, [("relu", 0.0), ("leaky_relu", 0.1)])


@case("ELU of five numbers with a = 0.5", visible=True)
def elu_by_hand(candidate, rng):
    agree(candidate, FEW, [("elu", 0.5)])


@case("SiLU and GELU of five numbers", visible=True)
def gates_by_hand(candidate, rng):
    agree(candidate, FEW, [("silu", 0.0), ("gelu", 0.0)])


@case("ReLU of random numbers, whatever a is")
def relu(candidate, rng):
    agree(candidate, around_zero(rng), [("relu", a) for a in (0.0, 0.5, 3.0)])


@case("leaky ReLU and PReLU, with a below and above 1", points=2)
def leaky(candidate, rng):
    for kind in ("leaky_relu", "prelu"):
        agree(candidate, around_zero(rng), [(kind, a) for a in (0.0, 0.2, 1, float(rng.uniform(2, 3)))])


@case("ELU, with a below and above 1", points=2)
def elu(candidate, rng):
    agree(candidate, around_zero(rng), [("elu", a) for a in (0.0, 0.3, 1, float(rng.uniform(1.5, 3)))])


@case("SiLU of random numbers", points=2)
def silu(candidate, rng):
    agree(candidate, around_zero(rng), [("silu", a) for a in (0.0, 1.5)])


@case("GELU of random numbers", points=2)
def gelu(candidate, rng):
    agree(candidate, around_zero(rng), [("gelu", a) for a in (0.0, 1.5)])


@case("slopes are the derivatives of the values", points=2)
def derivatives(candidate, rng):
    x = around_zero(rng, (7,))
    found = [expect.items(candidate.activation(x, kind, 0.4), 2)[1] for kind in KINDS]
    for kind, slope in zip(KINDS, found, strict=True):
        values = lambda point, kind=kind: reference.activation(point, kind, 0.4)[0].sum()  # noqa: E731
        expect.gradient(slope, values, x, label="the slope")


@case("at zero the slope is that of the left side", points=2)
def kink(candidate, rng):
    a = float(rng.uniform(0.2, 0.8))
    agree(candidate, np.array([[0.0, 1e-3], [-1e-3, -0.0]]), [(kind, a) for kind in KINDS])


@case("nothing overflows at 1000 and -1000", points=2)
def large(candidate, rng):
    x = rng.permutation([-1000.0, -720.0, -100.0, -30.0, 30.0, 100.0, 720.0, 1000.0])
    agree(candidate, x, [(kind, 0.5) for kind in KINDS])


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    x = np.append(around_zero(rng, (9,)), [-200.0, 200.0]).astype(np.float32)
    agree(candidate, x, [(kind, 0.3) for kind in KINDS], rtol=1e-5, atol=1e-5)


@case("three axes, not contiguous, and left as they were")
def untouched(candidate, rng):
    x = around_zero(rng, (3, 2, 4)).transpose(2, 0, 1)[:, ::-1]
    found = [candidate.activation.with_inputs(x, kind, 0.3) for kind in KINDS]
    for kind, (both, after) in zip(KINDS, found, strict=True):
        expect.close(expect.items(both, 2), list(reference.activation(x, kind, 0.3)), rtol=1e-9, atol=1e-12)
        expect.equal(after[0], x, label="x changed")


@case("ValueError for an unknown kind")
def unknown(candidate, rng):
    for kind in ("tanh", "leaky", "", "softplus"):
        expect.raises(ValueError, candidate.activation, FEW, kind, 0.1)


@case("ValueError for a negative a, whatever the kind")
def negative_setting(candidate, rng):
    for kind in KINDS:
        expect.raises(ValueError, candidate.activation, FEW, kind, -float(rng.uniform(0.001, 0.9)))
