"""Cases for batchnorm_forward and batchnorm_backward. The reference agrees with PyTorch; differences know no
derivation.
"""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

SAMPLE = np.array([1.0, 2.0, 3.0, 6.0]).reshape(1, 1, 2, 2)
DOUT = np.array([1.0, 0.0, 0.0, 0.0]).reshape(1, 1, 2, 2)
STATE = (np.array([2.0]), np.array([0.0]), np.array([1.0]), np.array([4.0]))


def layer(rng, shape, dtype=np.float64):
    """x, its upstream gradient, and gamma, beta, running mean and running variance."""
    channels = shape[1]
    x = rng.uniform(-1.5, 1.5, size=shape) + rng.uniform(-2, 2, size=(channels, 1, 1))
    x.transpose(1, 0, 2, 3)[:, 0, 0, 0] += 4.0  # no channel without variance
    state = (rng.uniform(0.5, 2, channels), rng.standard_normal(channels), rng.standard_normal(channels))
    state += (rng.uniform(0.5, 2, channels),)
    dout = rng.standard_normal(shape)
    return x.astype(dtype), dout.astype(dtype), [one.astype(dtype) for one in state]


def forward(candidate, x, state, training, **settings):
    """y and the cache, with y compared."""
    y, cache = expect.items(candidate.batchnorm_forward(x, *state, training, **settings), 2)
    expected = reference.batch_norm(x, *state, training, **settings)[0]
    tolerance = 1e-4 if x.dtype == np.float32 else 1e-9
    expect.close(y, expected, rtol=tolerance, atol=tolerance, label="y")
    return y, cache


def agrees(candidate, x, dout, state, training, **settings):
    """Compare y and the three gradients with the reference and give the gradients back."""
    _, cache = forward(candidate, x, state, training, **settings)
    return backward_agrees(candidate, cache, x, dout, state, training, **settings)


def backward_agrees(candidate, cache, x, dout, state, training, **settings):
    found = expect.items(candidate.batchnorm_backward(dout, cache), 3)
    gamma, _, mean, var = state
    expected = reference.batch_norm_backward(dout, x, gamma, mean, var, training, **settings)
    tolerance = 1e-4 if x.dtype == np.float32 else 1e-9
    for actual, wanted in zip(found, expected, strict=True):
        expect.close(actual, wanted, rtol=tolerance, atol=tolerance)
    return found


@case("one channel of four values while training", visible=True)
def sample(candidate, rng):
    agrees(candidate, SAMPLE, DOUT, STATE, True, eps=0.0)


@case("the same in evaluation", visible=True)
def sample_evaluation(candidate, rng):
    agrees(candidate, SAMPLE, DOUT, STATE, False, eps=0.0)


@case("a gradient of another shape", visible=True)
def other_shape(candidate, rng):
    _, cache = forward(candidate, SAMPLE, STATE, True)
    expect.raises(ValueError, candidate.batchnorm_backward, DOUT[:, :, :1], cache)


@case("random layers while training", points=4)
def training(candidate, rng):
    for shape in ((2, 3, 4, 5), (4, 1, 3, 2), (1, 2, 3, 3), (6, 3, 1, 1), (2, 2, 1, 4)):
        agrees(candidate, *layer(rng, shape), True)


@case("random layers in evaluation", points=3)
def evaluation(candidate, rng):
    for shape in ((2, 3, 4, 5), (1, 2, 1, 1), (5, 1, 2, 3)):
        agrees(candidate, *layer(rng, shape), False)


@case("dx, dgamma and dbeta by central differences", points=4)
def differences(candidate, rng):
    x, dout, (gamma, beta, *running) = layer(rng, (2, 2, 3, 2))
    for mode in (True, False):

        def loss(x, gamma, beta, mode=mode):
            return float((dout * reference.batch_norm(x, gamma, beta, *running, mode)[0]).sum())

        _, cache = forward(candidate, x, (gamma, beta, *running), mode)
        dx, dgamma, dbeta = expect.items(candidate.batchnorm_backward(dout, cache), 3)
        expect.gradient(dx, lambda at, loss=loss: loss(at, gamma, beta), x)
        expect.gradient(dgamma, lambda at, loss=loss: loss(x, at, beta), gamma)
        expect.gradient(dbeta, lambda at, loss=loss: loss(x, gamma, at), beta)


@case("while training dx sums to 0 and is orthogonal to the normalised input", points=2)
def orthogonal(candidate, rng):
    x, dout, state = layer(rng, (3, 4, 2, 3))
    _, cache = forward(candidate, x, state, True, eps=0.0)
    dx = expect.items(candidate.batchnorm_backward(dout, cache), 3)[0]
    expect.shape(dx, x.shape)
    dx = expect.array(dx)
    sums = np.abs(dx.sum(axis=(0, 2, 3)))
    expect.that(bool((sums < 1e-9).all()), "dx does not sum to 0 over a channel.", label="sum of dx")
    normalised = (x - x.mean(axis=(0, 2, 3), keepdims=True)) / x.std(axis=(0, 2, 3), keepdims=True)
    products = np.abs((dx * normalised).sum(axis=(0, 2, 3)))
    message = "dx is not orthogonal to the normalised input."
    expect.that(bool((products < 1e-9).all()), message, label="dx times normalised input")


@case("in evaluation dx is dout, scaled", points=2)
def plain_scaling(candidate, rng):
    x, dout, state = layer(rng, (2, 3, 3, 2))
    _, cache = forward(candidate, x, state, False, eps=0.01)
    dx = expect.items(candidate.batchnorm_backward(dout, cache), 3)[0]
    scale = state[0] / np.sqrt(state[3] + 0.01)
    expect.close(dx, dout * scale[:, None, None], label="scaled dout")


@case("eps counts", points=2)
def large_eps(candidate, rng):
    x, dout, state = layer(rng, (2, 2, 3, 3))
    for mode in (True, False):
        for eps in (1e-3, 0.5):
            agrees(candidate, x, dout, state, mode, eps=eps)
    _, cache = forward(candidate, x / 10, state, True)
    backward_agrees(candidate, cache, x / 10, dout, state, True)  # the default is 1e-5


@case("a constant channel", points=2)
def constant_channel(candidate, rng):
    x, dout, state = layer(rng, (2, 3, 2, 2))
    x[:, 1] = 0.75
    agrees(candidate, x, dout, state, True)
    agrees(candidate, x, dout, state, True, eps=0.1)


@case("the gradients are linear in dout", points=2)
def linear(candidate, rng):
    x, one, state = layer(rng, (2, 2, 3, 3))
    other = rng.standard_normal(one.shape)
    _, cache = forward(candidate, x, state, True)
    parts = [expect.items(candidate.batchnorm_backward(dout, cache), 3) for dout in (one, other)]
    both = expect.items(candidate.batchnorm_backward(2 * one - 3 * other, cache), 3)
    for name, a, b, c in zip(("dx", "dgamma", "dbeta"), *parts, both, strict=True):
        expect.close(c, 2 * expect.array(a) - 3 * expect.array(b), label=f"superposition of {name}")


@case("two forward passes before the backward passes", points=2)
def two_caches(candidate, rng):
    first, second = layer(rng, (2, 3, 3, 2)), layer(rng, (2, 3, 3, 2))
    for modes in ((True, True), (True, False)):
        caches = [
            forward(candidate, x, state, mode)[1]
            for (x, _, state), mode in zip((first, second), modes, strict=True)
        ]
        for (x, dout, state), mode, cache in zip((first, second), modes, caches, strict=True):
            backward_agrees(candidate, cache, x, dout, state, mode)


@case("one cache used twice", points=2)
def cache_twice(candidate, rng):
    x, dout, state = layer(rng, (2, 2, 3, 3))
    for mode in (True, False):
        _, cache = forward(candidate, x, state, mode)
        for _ in range(2):
            backward_agrees(candidate, cache, x, dout, state, mode)
        backward_agrees(candidate, cache, x, -2 * dout, state, mode)


@case("float32 stays float32, float64 stays float64", points=2)
def dtypes(candidate, rng):
    for dtype in (np.float64, np.float32):
        x, dout, state = layer(rng, (3, 2, 3, 4), dtype)
        for mode in (True, False):
            for vectors in (state, [one.astype(np.float64) for one in state]):
                y, cache = forward(candidate, x, vectors, mode)
                expect.dtype(y, dtype)
                expect.dtype(backward_agrees(candidate, cache, x, dout, vectors, mode)[0], dtype)


def turned(rng):
    """A layer whose arrays are not contiguous."""
    x, dout, state = layer(rng, (3, 2, 4, 4))
    x, dout = x.transpose(2, 1, 0, 3)[..., ::-1], dout.transpose(2, 1, 0, 3)[:, :, ::-1]
    return x, dout, [one[::-1] for one in state]


@case("arrays that are not contiguous")
def strided(candidate, rng):
    for mode in (True, False):
        agrees(candidate, *turned(rng), mode)


@case("the arguments are left as they were", points=2)
def untouched(candidate, rng):
    for x, dout, state in (layer(rng, (2, 3, 3, 2)), turned(rng)):
        for mode in (True, False):
            _, cache = expect.items(expect.inputs_unchanged(candidate.batchnorm_forward, x, *state, mode), 2)
            _, after = candidate.batchnorm_backward.with_inputs(dout, cache)
            expect.equal(after[0], dout, label="dout changed")


@case("ValueError where dout does not have the shape of x", points=2)
def wrong_dout(candidate, rng):
    x, _, state = layer(rng, (2, 3, 3, 4))
    for mode in (True, False):
        _, cache = forward(candidate, x, state, mode)
        for shape in ((1, 3, 3, 4), (2, 1, 3, 4), (2, 3, 1, 1), (2, 3, 4, 3), (3, 4), (4, 3, 3, 4)):
            expect.raises(ValueError, candidate.batchnorm_backward, np.ones(shape), cache)


@case("ValueError for wrong shapes in the forward pass", points=2)
def wrong_shapes(candidate, rng):
    x, _, state = layer(rng, (2, 3, 3, 4))
    for mode in (True, False):
        for wrong in (x[0], x[..., 0], x[None], x[:, :1]):
            expect.raises(ValueError, candidate.batchnorm_forward, wrong, *state, mode)
    for place in range(4):
        for bad in (np.ones(1), np.ones(4), np.ones((3, 1))):
            vectors = [*state[:place], bad, *state[place + 1 :]]
            expect.raises(ValueError, candidate.batchnorm_forward, x, *vectors, place < 2)
            if bad.shape == (1,):
                expect.raises(ValueError, candidate.batchnorm_forward, x, *vectors, place >= 2)


@case("ValueError for a single value a channel while training, and only then")
def single_value(candidate, rng):
    x, dout, state = layer(rng, (1, 3, 1, 1))
    expect.raises(ValueError, candidate.batchnorm_forward, x, *state, True)
    agrees(candidate, x, dout, state, False)
    for shape in ((2, 3, 1, 1), (1, 3, 2, 1), (1, 3, 1, 2)):
        agrees(candidate, *layer(rng, shape), True)
