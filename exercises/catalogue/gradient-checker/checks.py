"""Cases for grad_check.

The functions live beside the candidate, as objects of `given`; `Problem` holds one together with what the
trusted side knows of it. One expectation is an exact binomial test with a false alarm of 1e-10; that two
random choices of twenty out of 400 entries are equal by chance has a probability below 1e-33.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

EPS = 1e-5


@dataclass(frozen=True)
class Problem:
    """A function beside the candidate, the same one here, a point and the gradient there."""

    function: Any
    trusted: Any
    x: np.ndarray
    grad: np.ndarray

    def errors(self, grad, eps=EPS):
        """The relative error at every entry."""
        return reference.gradient_errors(self.trusted, self.x, grad, list(np.ndindex(self.x.shape)), eps)


def polynomial(candidate, x, linear, square, cube):
    def trusted(at):
        return (linear * at + square * at**2 + cube * at**3).sum()

    function = getattr(candidate, "given:Polynomial")(x, linear, square, cube)
    return Problem(function, trusted, x, linear + 2 * square * x + 3 * cube * x**2)


def quadratic(candidate, x, factor=1.0):
    nothing = np.zeros(x.shape)
    return polynomial(candidate, x, nothing, np.broadcast_to(factor, x.shape).astype(float), nothing)


def random_cubic(candidate, rng, shape):
    """A cubic with slopes from 0.5 on."""
    linear, square, cube = (rng.uniform(low, 1.0, size=shape) for low in (0.5, 0.2, 0.2))
    return polynomial(candidate, rng.uniform(0.2, 1.0, size=shape), linear, square, cube)


def conv_loss(candidate, rng):
    kernel, image = rng.standard_normal((3, 2)), rng.standard_normal((6, 5))
    target = rng.standard_normal((4, 4))

    def residual(at):
        return reference.conv2d(image[None, None], at[None, None])[0, 0] - target

    function = getattr(candidate, "given:ConvLoss")(kernel, image, target)
    dout = residual(kernel)[None, None] / target.size
    _, grad, _ = reference.conv2d_backward(dout, image[None, None], kernel[None, None])
    return Problem(function, lambda at: (residual(at) ** 2).mean() / 2, kernel, grad[0, 0])


def cross_entropy(candidate, rng):
    logits, labels = rng.standard_normal((3, 4)), rng.integers(0, 4, size=3)
    function = getattr(candidate, "given:CrossEntropy")(logits, labels)
    grad = reference.softmax_cross_entropy(logits, labels)[1]
    return Problem(function, lambda at: reference.softmax_cross_entropy(at, labels)[0], logits, grad)


def agrees(candidate, problem, grad, eps=EPS):
    """Check all entries and compare with the largest error."""
    found = candidate.grad_check(problem.function, problem.x, grad, eps, samples=problem.x.size)
    expect.close(found, float(problem.errors(grad, eps).max()), rtol=1e-5, atol=1e-7)


def chosen(candidate, problem, requests):
    """The flat indices that each request (further arguments of the call) checked, as the function saw it."""
    for request in requests:
        expect.number(candidate.grad_check(problem.function, problem.x, problem.grad, **request))
    moves = problem.function.moves
    single = all(len(move) == 1 and abs(abs(move[0][1]) - EPS) < 1e-10 for move in moves)
    expect.that(single, "f was called with an array that differs otherwise from x.", label="moves")
    counts = [2 * min(request.get("samples", 20), problem.x.size) for request in requests]
    expect.that(len(moves) <= sum(counts), "f was called more than twice for each entry.", label="calls of f")
    expect.that(len(moves) >= sum(counts), "f was called less than twice for each entry.", label="calls of f")
    ends = np.cumsum(counts)
    return [_entries(moves[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def _entries(moves):
    up, down = (sorted(move[0][0] for move in moves if (move[0][1] > 0) == rise) for rise in (True, False))
    expect.that(up == down, "An entry was moved in one direction only.", label="both directions")
    expect.that(len(set(up)) == len(up), "An entry was checked twice.", label="different entries")
    return set(up)


@case("the gradient of a sum of squares", visible=True)
def squares(candidate, rng):
    problem = quadratic(candidate, np.array([[1.0, -2.0], [0.5, 0.0]]))
    expect.close(candidate.grad_check(problem.function, problem.x, problem.grad), 0.0, rtol=0, atol=1e-7)


@case("one entry of the gradient is wrong", visible=True)
def one_wrong(candidate, rng):
    problem = quadratic(candidate, np.array([[1.0, -2.0], [0.5, 0.0]]))
    agrees(candidate, problem, np.array([[2.0, -4.0], [1.5, 0.0]]))


@case("x in float32", visible=True)
def single_precision(candidate, rng):
    problem = quadratic(candidate, np.array([1.0, 2.0]))
    expect.raises(ValueError, candidate.grad_check, problem.function, np.float32([1, 2]), problem.grad)


@case("right gradients have an error below 1e-7", points=3)
def right_gradients(candidate, rng):
    problems = [
        random_cubic(candidate, rng, (2, 3, 2)),
        conv_loss(candidate, rng),
        cross_entropy(candidate, rng),
    ]
    problems.append(quadratic(candidate, rng.uniform(0.5, 2.0, size=7)))
    for problem in problems:
        found = candidate.grad_check(problem.function, problem.x, problem.grad, samples=problem.x.size)
        expect.close(found, 0.0, rtol=0, atol=1e-7)


@case("wrong gradients have the error of their worst entry", points=3)
def wrong_gradients(candidate, rng):
    for problem in (
        random_cubic(candidate, rng, (3, 4)),
        conv_loss(candidate, rng),
        cross_entropy(candidate, rng),
    ):
        for sign in (1, -1):
            grad = problem.grad.copy()
            grad.flat[rng.integers(grad.size)] += sign * rng.uniform(0.05, 0.5)
            agrees(candidate, problem, grad)
        agrees(candidate, problem, problem.grad * rng.uniform(0.9, 1.1, size=problem.x.shape))


@case("the error is relative to the larger of the two slopes", points=2)
def relative(candidate, rng):
    x = rng.uniform(0.5, 1.0, size=6)
    problem = quadratic(candidate, x, np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0]))
    for factor in (1.05, 0.9, 0.0, 3.0, -1.0):
        agrees(candidate, problem, problem.grad * factor)
    agrees(candidate, problem, problem.grad + 0.01)
    agrees(candidate, problem, problem.grad - 0.01)


@case("no slope: no division by zero, and the floor of 1e-3", points=2)
def floor(candidate, rng):
    x = rng.standard_normal((2, 3))
    flat = Problem(getattr(candidate, "given:Constant")(x, 1.0), lambda at: 1.0, x, np.zeros((2, 3)))
    agrees(candidate, flat, flat.grad)
    for value in (1e-6, -4e-4, 0.002):
        agrees(candidate, flat, np.where(np.arange(6).reshape(2, 3) == 2, value, 0.0))
    nothing = np.zeros(4)
    problem = polynomial(candidate, np.ones(4), np.array([1.0, 5e-4, 0.0, 2e-4]), nothing, nothing)
    agrees(candidate, problem, np.array([1.0, 3e-4, 1e-5, 2e-4]))


@case("NaN and infinity are an infinite error", points=2)
def not_finite(candidate, rng):
    problem = quadratic(candidate, rng.uniform(0.5, 1.0, size=(2, 2)))
    agrees(candidate, problem, np.full((2, 2), np.nan))
    for value in (np.nan, np.inf, -np.inf):
        for place in range(4):
            grad = problem.grad.copy()
            grad.flat[place] = value
            agrees(candidate, problem, grad)
    for value in (np.nan, np.inf):
        function = getattr(candidate, "given:Constant")(problem.x, value)
        expect.close(candidate.grad_check(function, problem.x, problem.grad), np.inf)


@case("the step is eps", points=2)
def steps(candidate, rng):
    problem = random_cubic(candidate, rng, (2, 3))
    for eps in (0.1, 0.01, 1e-4):
        agrees(candidate, problem, problem.grad, eps)  # the error of a cubic is eps**2 times its cube


@case("as many different entries as asked for, two calls for each", points=3)
def samples(candidate, rng):
    problem = random_cubic(candidate, rng, (3, 4))
    seed = int(rng.integers(1000))
    chosen(candidate, problem, [{"samples": count, "seed": seed} for count in (1, 5, 11, 12, 13, 100)])


@case("the seed decides which entries", points=2)
def seeds(candidate, rng):
    problem = quadratic(candidate, rng.uniform(0.5, 1.0, size=(20, 20)))
    seed = int(rng.integers(1, 1000))
    requests = [{"seed": number, "samples": 20} for number in (seed, seed, seed + 1, 0)] + [{}]
    first, again, other, zero, default = chosen(candidate, problem, requests)
    expect.that(first == again, "Equal seeds chose different entries.", label="equal seeds")
    expect.that(first != other, "Different seeds chose equal entries.", label="other seeds")
    expect.that(zero == default, "Without a seed other entries are chosen than with 0.", label="default seed")


@case("every entry is equally likely", points=2)
def uniform(candidate, rng):
    problem = quadratic(candidate, rng.uniform(0.5, 1.0, size=(1, 2)))
    requests = [{"samples": 1, "seed": int(seed)} for seed in rng.integers(2**31, size=40)]
    last = sum(1 in entries for entries in chosen(candidate, problem, requests))
    expect.binomial(last, 40, 0.5, false_alarm=1e-10, label="how often the last entry is checked")


@case("arrays that are not contiguous", points=2)
def strided(candidate, rng):
    x = rng.uniform(0.5, 1.0, size=(4, 6)).T[::2]
    problem = quadratic(candidate, x)
    found = candidate.grad_check(problem.function, x, problem.grad, samples=12)
    expect.close(found, 0.0, rtol=0, atol=1e-7)
    agrees(candidate, problem, (problem.grad.T * np.linspace(1, 1.1, 3)).T)


@case("x is bit for bit what it was, and so is the gradient", points=2)
def untouched(candidate, rng):
    for shape in ((30,), (3, 4, 2)):
        problem = random_cubic(candidate, rng, shape)
        x = problem.x * 10.0 ** rng.integers(-3, 1, size=shape)
        expect.inputs_unchanged(candidate.grad_check, problem.function, x, problem.grad, samples=100)
    grad = problem.grad.transpose(2, 0, 1).copy().transpose(1, 2, 0)
    expect.inputs_unchanged(candidate.grad_check, problem.function, x[:, ::-1], grad, samples=3)


@case("a gradient in float32")
def single_gradient(candidate, rng):
    problem = random_cubic(candidate, rng, (3, 3))
    agrees(candidate, problem, problem.grad.astype(np.float32))
    agrees(candidate, problem, (1.25 * problem.grad).astype(np.float32))


@case("ValueError for an x that is not float64, or empty", points=2)
def bad_x(candidate, rng):
    problem = quadratic(candidate, np.array([1.0, 2.0, 3.0]))
    for dtype in (np.float32, np.float16, np.int64):
        x = problem.x.astype(dtype)
        expect.raises(ValueError, candidate.grad_check, problem.function, x, problem.grad)
        expect.raises(ValueError, candidate.grad_check, problem.function, x, problem.grad.astype(dtype))
    for shape in ((0,), (2, 0)):
        function = getattr(candidate, "given:Constant")(np.zeros(shape), 0.0)
        expect.raises(ValueError, candidate.grad_check, function, np.zeros(shape), np.zeros(shape))


@case("ValueError for a gradient of another shape, eps or samples that make no sense", points=2)
def bad_settings(candidate, rng):
    problem = quadratic(candidate, rng.uniform(0.5, 1.0, size=(2, 3)))
    for shape in ((6,), (3, 2), (1, 3), (2, 1), (2, 3, 1), ()):
        expect.raises(ValueError, candidate.grad_check, problem.function, problem.x, np.ones(shape))
    for eps in (0.0, -1e-5):
        expect.raises(ValueError, candidate.grad_check, problem.function, problem.x, problem.grad, eps)
    for count in (0, -1):
        expect.raises(ValueError, candidate.grad_check, problem.function, problem.x, problem.grad, EPS, count)
