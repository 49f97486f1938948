"""Cases for adamw_step, against the formulas of the statement."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

NAMES = ("w", "m", "v")
USUAL = (0.1, 0.9, 0.999, 1e-8, 0.1)  # lr, b1, b2, eps, wd


def state(rng, *shape):
    """w, g, m, v as they may be in the middle of a run."""
    w, g, m = (rng.standard_normal(shape) for _ in range(3))
    return w, g, m, rng.uniform(0.1, 2.0, shape)


def settings(rng):
    """lr, b1, b2, eps and wd, each large enough to be seen in the result."""
    return tuple(float(v) for v in rng.uniform((0.05, 0.5, 0.6, 0.05, 0.2), (0.5, 0.9, 0.95, 0.3, 0.9)))


def same(actual, expected, tolerance=1e-9):
    for name, one, other in zip(NAMES, expect.items(actual, 3), expected, strict=True):
        expect.close(one, other, rtol=tolerance, atol=tolerance, label=name)


def agrees(candidate, *args):
    actual = candidate.adamw_step(*args)
    same(actual, reference.adamw_step(*args))
    return actual


@case("the first step with decoupled decay", visible=True)
def first_decoupled(candidate, rng):
    agrees(candidate, np.array([1.0]), np.array([0.1]), np.zeros(1), np.zeros(1), 1, *USUAL, True)


@case("the first step with L2", visible=True)
def first_l2(candidate, rng):
    agrees(candidate, np.array([1.0]), np.array([0.1]), np.zeros(1), np.zeros(1), 1, *USUAL, False)


@case("the second step of three weights", visible=True)
def second(candidate, rng):
    w, g, m, v = np.array([[1.0, -2.0, 3.0], [0.5, -1.0, 0.1], [0.1, 0.2, -0.1], [0.01, 0.04, 0.01]])
    agrees(candidate, w, g, m, v, 2, 0.5, 0.5, 0.75, 0.01, 0.1, True)


@case("decoupled decay in the middle of a run", points=3)
def decoupled(candidate, rng):
    for shape, t in (((3,), 1), ((4, 5), 2), ((2, 3, 4), 3), ((6, 1), 40)):
        agrees(candidate, *state(rng, *shape), t, *settings(rng), True)


@case("L2 in the middle of a run", points=3)
def with_l2(candidate, rng):
    for shape, t in (((3,), 1), ((4, 5), 2), ((2, 3, 4), 3), ((6, 1), 40)):
        agrees(candidate, *state(rng, *shape), t, *settings(rng), False)


@case("twenty steps in a row", points=3)
def run(candidate, rng):
    for mode in (True, False):
        w, wanted = state(rng, 5)[0], None
        found = wanted = (w, np.zeros(5), np.zeros(5))
        for t in range(1, 21):
            g = rng.standard_normal(5) + 0.5 * w
            wanted = reference.adamw_step(wanted[0], g, *wanted[1:], t, 0.05, 0.9, 0.99, 1e-6, 0.3, mode)
            weights, m, v = (expect.array(part) for part in found)
            found = expect.items(
                candidate.adamw_step(weights, g, m, v, t, 0.05, 0.9, 0.99, 1e-6, 0.3, mode), 3
            )
        same(tuple(found), wanted)


@case("both modes from one state", points=2)
def both_modes(candidate, rng):
    args = (*state(rng, 3, 3), 2, *settings(rng))
    found = [candidate.adamw_step(*args, mode) for mode in (True, False)]
    for one, mode in zip(found, (True, False), strict=True):
        same(one, reference.adamw_step(*args, mode))


@case("without decay both modes are the same", points=2)
def no_decay(candidate, rng):
    args = (*state(rng, 4, 3), 5, *settings(rng)[:4], 0.0)
    same(candidate.adamw_step(*args, True), agrees(candidate, *args, False))


@case("decoupled decay does not depend on the size of the gradient", points=2)
def independent_of_the_gradient(candidate, rng):
    w, g, m, v = state(rng, 6)
    lr, b1, b2, _, wd = settings(rng)
    decays = []
    for scale in (1.0, 1e4):
        args = (w, scale * g, scale * m, scale**2 * v, 3, lr, b1, b2, 1e-12)
        plain, decayed = (candidate.adamw_step(*args, decay, True) for decay in (0.0, wd))
        decays.append(expect.array(expect.items(plain, 3)[0]) - expect.array(expect.items(decayed, 3)[0]))
    for decay in decays:
        expect.close(decay, lr * wd * w, label="decay")
    agrees(candidate, *args, wd, True)


@case("a zero gradient")
def zero_gradient(candidate, rng):
    w, _, m, v = state(rng, 5)
    for mode in (True, False):
        agrees(candidate, w, np.zeros(5), m, v, 7, *settings(rng), mode)
    same(
        candidate.adamw_step(w, np.zeros(5), np.zeros(5), np.zeros(5), 1, *USUAL, True),
        (0.99 * w, np.zeros(5), np.zeros(5)),
    )


@case("tiny gradients beside a larger eps", points=2)
def eps_matters(candidate, rng):
    w, g, m, v = state(rng, 6)
    args = (w, 1e-4 * g, 1e-4 * m, 1e-8 * v, 4, 0.1, 0.9, 0.99, 1e-3)
    agrees(candidate, *args, 0.0, True)
    agrees(candidate, *args, 0.1, True)


@case("decay rates of zero")
def no_memory(candidate, rng):
    lr, b1, b2, eps, wd = settings(rng)
    agrees(candidate, *state(rng, 4), 3, lr, 0.0, b2, eps, wd, True)
    agrees(candidate, *state(rng, 4), 3, lr, b1, 0.0, eps, wd, False)
    agrees(candidate, *state(rng, 4), 1, 0.0, 0.0, 0.0, eps, wd, True)


@case("float32 stays float32")
def single_precision(candidate, rng):
    arrays = [values.astype(np.float32) for values in state(rng, 5, 4)]
    args = (6, *settings(rng))
    for mode in (True, False):
        found = expect.items(candidate.adamw_step(*arrays, *args, mode), 3)
        for part in found:
            expect.dtype(part, np.float32)
        exact = reference.adamw_step(*(values.astype(np.float64) for values in arrays), *args, mode)
        same(tuple(found), exact, 1e-4)


def untouched(candidate, rng, mode):
    for layout in (np.ascontiguousarray, np.asfortranarray):
        arrays = [layout(values) for values in state(rng, 4, 6)]
        args = (*arrays, 3, *settings(rng), mode)
        same(expect.inputs_unchanged(candidate.adamw_step, *args), reference.adamw_step(*args))


@case("decoupled: the arguments are left as they were, contiguous or not")
def untouched_decoupled(candidate, rng):
    untouched(candidate, rng, True)


@case("with L2: the arguments are left as they were, contiguous or not")
def untouched_with_l2(candidate, rng):
    untouched(candidate, rng, False)


@case("ValueError for shapes that differ", points=2)
def bad_shapes(candidate, rng):
    arrays, args = state(rng, 2, 3), (1, *settings(rng), True)
    for place in range(4):
        for other in (np.ones((3, 2)), np.ones((1, 3)), np.ones(3), np.ones((1, 2, 3)), np.ones((2, 4))):
            wrong = [other if index == place else values for index, values in enumerate(arrays)]
            expect.raises(ValueError, candidate.adamw_step, *wrong, *args)


@case("ValueError for t below 1 and decay rates outside [0, 1)", points=2)
def bad_settings(candidate, rng):
    arrays, (lr, b1, b2, eps, wd) = state(rng, 3), settings(rng)
    for mode in (True, False):
        for t in (0, -1):
            expect.raises(ValueError, candidate.adamw_step, *arrays, t, lr, b1, b2, eps, wd, mode)
        for bad in (-0.01, 1.0, 1.5):
            expect.raises(ValueError, candidate.adamw_step, *arrays, 1, lr, bad, b2, eps, wd, mode)
            expect.raises(ValueError, candidate.adamw_step, *arrays, 1, lr, b1, bad, eps, wd, mode)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    arrays = [values.astype(np.float32) for values in state(rng, 16, 9)]
    tensors = [torch_tensor(values, device=device) for values in arrays]
    args = (6, *settings(rng))
    for mode in (True, False):
        found = expect.items(expect.inputs_unchanged(candidate.adamw_step, *tensors, *args, mode), 3)
        exact = reference.adamw_step(*(values.astype(np.float64) for values in arrays), *args, mode)
        same(tuple(found), tuple(torch_tensor(values) for values in exact), 1e-4)
        for part in found:
            expect.dtype(part, np.float32)
            expect.device(part, device)
    short = torch_tensor(arrays[0][:1], device=device)
    expect.raises(ValueError, candidate.adamw_step, short, *tensors[1:], *args, True)
    expect.raises(ValueError, candidate.adamw_step, *tensors, 0, *args[1:], True)
