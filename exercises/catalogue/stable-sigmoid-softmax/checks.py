"""Cases for sigmoid, softmax and log-softmax. Small probabilities are compared by their relative error."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

TINY = 1e-300  # below, float64 loses digits
LOGITS = np.array([5.0, 2.0, 0.0])


def softmax_agrees(candidate, z, axis, *args, atol=TINY, **settings):
    p = candidate.softmax(z, axis, *args, **settings)
    expect.close(p, reference.softmax(z, axis, *args, **settings), rtol=1e-9, atol=atol)
    return p


def log_agrees(candidate, z, axis, *args, **settings):
    found = candidate.log_softmax(z, axis, *args, **settings)
    expect.close(found, reference.log_softmax(z, axis, *args, **settings), rtol=1e-9, atol=1e-9)


def sigmoid_agrees(candidate, z):
    expect.close(candidate.sigmoid(z), reference.sigmoid(z), rtol=1e-9, atol=0)


@case("softmax of three logits, at temperature 1 and 4", visible=True)
def three_logits(candidate, rng):
    softmax_agrees(candidate, LOGITS, 0)
    softmax_agrees(candidate, LOGITS, 0, temperature=4.0)


@case("log-softmax along each axis of a small array", visible=True)
def small_logs(candidate, rng):
    z = np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]])
    log_agrees(candidate, z, 1)
    log_agrees(candidate, z, 0)


@case("sigmoid of small and large numbers", visible=True)
def sigmoid_by_hand(candidate, rng):
    sigmoid_agrees(candidate, np.array([0.0, 2.0, -2.0, 1000.0]))


@case("softmax along any axis", points=2)
def softmax_axes(candidate, rng):
    z = rng.uniform(-5, 5, size=(3, 4, 5))
    for axis in (0, 1, 2, -1, -3):
        softmax_agrees(candidate, z, axis)


@case("log-softmax along any axis", points=2)
def log_axes(candidate, rng):
    z = rng.uniform(-5, 5, size=(3, 4, 5))
    for axis in (0, 1, 2, -1, -3):
        log_agrees(candidate, z, axis)


@case("sigmoid from -700 to 10,000", points=2)
def sigmoid_range(candidate, rng):
    sigmoid_agrees(candidate, rng.uniform(-30, 30, size=(4, 5)))
    sigmoid_agrees(candidate, rng.permutation(np.append(rng.uniform(-700, 700, size=8), [1e4, 0.0])))
    expect.close(candidate.sigmoid(np.array([-1e4, 1e4])), np.array([0.0, 1.0]), rtol=0, atol=0)


@case("sigmoid keeps small probabilities", points=2)
def sigmoid_tail(candidate, rng):
    sigmoid_agrees(candidate, rng.permutation([-30.0, -40.0, -200.0, -705.0, -711.0, -712.0]))


@case("sigmoid(z) and sigmoid(-z) add up to 1")
def symmetry(candidate, rng):
    z = rng.uniform(-40, 40, size=20)
    one, other = (expect.array(candidate.sigmoid(point)) for point in (z, -z))
    expect.shape(one, z.shape)
    expect.close(one + other, np.ones(20), rtol=0, atol=1e-12, label="the sum of both")


@case("probabilities add up to 1")
def sums(candidate, rng):
    for scale in (1.0, 100.0, 1e4):
        z = rng.uniform(-scale, scale, size=(6, 7))
        for axis in (0, 1):
            p = softmax_agrees(candidate, z, axis)
            expect.close(
                expect.array(p).sum(axis=axis), np.ones(7 - axis), rtol=0, atol=1e-12, label="the sum"
            )


@case("a constant added to a row changes nothing", points=2)
def shift(candidate, rng):
    z = rng.uniform(-5, 5, size=(4, 6))
    moved = z + rng.uniform(2000, 3000, size=(4, 1)) * np.array([[1], [-1], [3], [-3]])
    for function in (candidate.softmax, candidate.log_softmax):
        expect.close(function(moved, 1), expect.array(function(z, 1)), rtol=1e-9, atol=1e-9)
    softmax_agrees(candidate, moved, 1)


@case("logits of 10,000", points=2)
def large(candidate, rng):
    z = rng.uniform(-1e4, 1e4, size=(5, 4))
    softmax_agrees(candidate, z, 0)
    log_agrees(candidate, z, 0)
    log_agrees(candidate, z, 1, 0.5)


@case("unlikely classes have a finite logarithm", points=2)
def unlikely(candidate, rng):
    z = rng.permutation([0.0, -20.0, -30.0, -50.0, -800.0, -5000.0])
    log_agrees(candidate, z, 0)
    log_agrees(candidate, z.reshape(2, 3), 1, temperature=2.0)


@case("temperatures below and above 1", points=2)
def temperatures(candidate, rng):
    z = rng.uniform(-3, 3, size=(2, 5))
    for temperature in (0.25, 0.9, 1, 3.0, 100.0):
        softmax_agrees(candidate, z, 1, temperature)
        log_agrees(candidate, z, 0, temperature)


@case("masked classes have probability 0", points=2)
def masked(candidate, rng):
    z = rng.uniform(-3, 3, size=(3, 5))
    z[0, 1:3] = z[1, :4] = -np.inf
    softmax_agrees(candidate, z, 1, 2.0)
    log_agrees(candidate, z, 1)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    z = rng.uniform(-5, 5, size=(4, 3)).astype(np.float32)
    wide = z.astype(np.float64)
    found = [candidate.softmax(z, 1, 2.0), candidate.log_softmax(z, 1, 2.0), candidate.sigmoid(8 * z)]
    right = [
        reference.softmax(wide, 1, 2.0),
        reference.log_softmax(wide, 1, 2.0),
        reference.sigmoid(8 * wide),
    ]
    for one, other, atol in zip(found, right, (1e-37, 1e-5, 1e-37), strict=True):
        expect.close(one, other, rtol=1e-5, atol=atol)
    for one in found:
        expect.dtype(one, np.float32)
    expect.dtype(candidate.softmax(wide, 1), np.float64)


@case("arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    z = rng.uniform(-1, 1, size=(4, 3, 2)).transpose(2, 0, 1)[:, ::-1]
    settings = {"softmax": (1,), "log_softmax": (1,), "sigmoid": ()}
    found = {name: getattr(candidate, name).with_inputs(z, *args) for name, args in settings.items()}
    for name, (value, after) in found.items():
        expect.close(value, getattr(reference, name)(z, *settings[name]), rtol=1e-9, atol=1e-9)
        expect.equal(after[0], z, label="z changed")


@case("ValueError for a temperature of 0 or below")
def bad_temperature(candidate, rng):
    for temperature in (0, 0.0, -1e-3, -2.0):
        expect.raises(ValueError, candidate.softmax, LOGITS, 0, temperature)
        expect.raises(ValueError, candidate.log_softmax, LOGITS, 0, temperature)


@case("ValueError for an axis that does not exist or is empty")
def bad_axis(candidate, rng):
    z = rng.standard_normal((2, 3))
    for function in (candidate.softmax, candidate.log_softmax):
        for axis in (2, -3):
            expect.raises(ValueError, function, z, axis)
        expect.raises(ValueError, function, np.empty((2, 0)), 1)
