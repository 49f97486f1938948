"""Cases for init_weights.

A right answer fails a submission with probability below 5e-8: ninety-four tests of means, variances and
shares with at most 1e-10 each. Those of uniform weights and of shares are exact. Those of normal weights take
the variance of 12,000 or more draws for normal, which at 1e-10 is right within a factor of 5. To these comes
the signal through twenty layers, whose logarithm has a standard deviation of 0.8: 1000 is 8 of them away. A
variance of 15,000 normal weights that is wrong by 15 % is rejected with probability above 1 - 1e-8.
"""

import numpy as np

from exercises.dsl import case, expect
from exercises.reference.initialisation import init_variance

ALARM = 1e-10
WITHIN_HALF = 0.3829249225480262  # of a normal distribution, within half a standard deviation
BEYOND_ROOT_3 = 0.0832645166635504  # of a normal distribution, beyond sqrt(3) standard deviations


def seed_from(rng):
    return int(rng.integers(2**31))


def drawn(candidate, shape, scheme, distribution, a, generator):
    """Weights of the right form, in float64."""
    weights = candidate.init_weights(shape, scheme, distribution, a, generator)
    expect.shape(weights, shape)
    array = expect.array(weights)
    expect.that(array.dtype.kind == "f", "The weights are no floats.")
    expect.that(np.isfinite(array).all(), "The weights hold NaN or infinity.")
    return array.astype(np.float64)


def has_variance(weights, variance, distribution):
    """Mean 0 and this variance, for a normal or a uniform distribution."""
    std = np.sqrt(variance)
    if distribution == "uniform":
        expect.mean(
            weights, 0.0, std, false_alarm=ALARM, label="the mean of the weights", span=np.sqrt(3) * std
        )
        spread = {"std": np.sqrt(0.8), "span": 2.0}
    else:
        expect.mean(weights, 0.0, std, false_alarm=ALARM, label="the mean of the weights")
        spread = {"std": np.sqrt(2.0)}
    expect.mean(weights**2 / variance, 1.0, false_alarm=ALARM, label="the variance of the weights", **spread)


def spread_as_wanted(candidate, rng, shape, scheme, a=0.0, distributions=("normal", "uniform")):
    """Draw with both distributions and test the variance."""
    for distribution in distributions:
        weights = drawn(candidate, shape, scheme, distribution, a, candidate.generator(seed_from(rng)))
        has_variance(weights, init_variance(shape, scheme, a), distribution)


@case("a dense layer of 200 to 100, He", visible=True)
def dense(candidate, rng):
    weights = drawn(candidate, (100, 200), "he", "normal", 0.0, candidate.generator(0))
    has_variance(weights, 2 / 200, "normal")


@case("a convolution of 16 to 32 with 3x3 kernels, Xavier, uniform", visible=True)
def convolution(candidate, rng):
    weights = drawn(candidate, (32, 16, 3, 3), "xavier", "uniform", 0.0, candidate.generator(1))
    has_variance(weights, 2 / (16 * 9 + 32 * 9), "uniform")


@case("a scheme that does not exist", visible=True)
def unknown_scheme(candidate, rng):
    expect.raises(
        ValueError, candidate.init_weights, (3, 4), "orthogonal", "normal", 0.0, candidate.generator(2)
    )


@case("He for convolutions: the kernel counts", points=2)
def he_convolution(candidate, rng):
    spread_as_wanted(candidate, rng, (64, 32, 3, 3), "he")
    spread_as_wanted(candidate, rng, (40, 30, 2, 7), "he")


@case("He for dense layers, wide to narrow and back", points=2)
def he_dense(candidate, rng):
    spread_as_wanted(candidate, rng, (60, 300), "he")
    spread_as_wanted(candidate, rng, (300, 60), "he")


@case("Xavier takes both fans", points=2)
def xavier(candidate, rng):
    spread_as_wanted(candidate, rng, (128, 16, 3, 3), "xavier")
    spread_as_wanted(candidate, rng, (50, 400), "xavier")
    spread_as_wanted(candidate, rng, (16, 128, 3, 3), "xavier")


@case("grouped and depthwise shapes")
def grouped(candidate, rng):
    spread_as_wanted(candidate, rng, (600, 1, 5, 5), "he")
    spread_as_wanted(candidate, rng, (600, 1, 5, 5), "xavier")
    spread_as_wanted(candidate, rng, (120, 4, 5, 5), "he", distributions=("normal",))


@case("one, two and three spatial axes")
def spatial_axes(candidate, rng):
    for shape in ((100, 40, 4), (25, 12, 7, 7), (20, 20, 3, 4, 3)):
        spread_as_wanted(candidate, rng, shape, "he", distributions=("uniform",))
        spread_as_wanted(candidate, rng, shape, "xavier", distributions=("normal",))


@case("the slope of a leaky ReLU changes He's variance, not Xavier's", points=2)
def slope(candidate, rng):
    for a in (0.6, 1.0, 3.0, -1.0):
        spread_as_wanted(candidate, rng, (100, 200), "he", a)
    spread_as_wanted(candidate, rng, (100, 200), "xavier", 2.0)


@case("the uniform distribution fills its range and stays in it", points=2)
def uniform_range(candidate, rng):
    for shape, scheme, a in (
        ((50, 100, 3), "he", 0.0),
        ((50, 100, 3), "he", 1.0),
        ((40, 200), "xavier", 0.0),
    ):
        weights = drawn(candidate, shape, scheme, "uniform", a, candidate.generator(seed_from(rng)))
        bound = np.sqrt(3 * init_variance(shape, scheme, a))
        inside = np.abs(weights) <= bound * (1 + 1e-6)
        expect.that(inside.all(), "A weight lies beyond the bound.", label="the bound")
        for share in (0.25, 0.5, 0.75):
            count = int((np.abs(weights) < share * bound).sum())
            expect.binomial(count, weights.size, share, false_alarm=ALARM, label="the spread over the range")
        expect.binomial(int((weights > 0).sum()), weights.size, 0.5, false_alarm=ALARM, label="the signs")


@case("the normal distribution has its tails", points=2)
def normal_tails(candidate, rng):
    for shape, scheme in (((100, 150), "he"), ((20, 20, 6, 6), "xavier")):
        weights = drawn(candidate, shape, scheme, "normal", 0.0, candidate.generator(seed_from(rng)))
        sizes = np.abs(weights) / np.sqrt(init_variance(shape, scheme))
        count = int((sizes < 0.5).sum())
        expect.binomial(count, sizes.size, WITHIN_HALF, false_alarm=ALARM, label="the middle of the bell")
        count = int((sizes > np.sqrt(3)).sum())
        expect.binomial(count, sizes.size, BEYOND_ROOT_3, false_alarm=ALARM, label="the tails of the bell")


@case("weights are independent of each other", points=2)
def independent(candidate, rng):
    weights = drawn(candidate, (40, 30, 4, 4), "he", "normal", 0.0, candidate.generator(seed_from(rng)))
    positive = weights > 0
    for axis in range(4):
        even, odd = (positive.take(range(start, positive.shape[axis], 2), axis) for start in (0, 1))
        label = "the signs of neighbouring weights"
        expect.binomial(int((even == odd).sum()), even.size, 0.5, false_alarm=ALARM, label=label)


@case("the generator that is passed in decides the weights", points=2)
def seeded(candidate, rng):
    for distribution in ("normal", "uniform"):
        seed = seed_from(rng)
        generator = candidate.generator(seed)
        first = drawn(candidate, (20, 30), "he", distribution, 0.0, generator)
        second = drawn(candidate, (20, 30), "he", distribution, 0.0, generator)
        again = drawn(candidate, (20, 30), "he", distribution, 0.0, candidate.generator(seed))
        expect.that((first == again).all(), "Equal generators gave different weights.", label="equal seeds")
        expect.that((first != second).any(), "Two calls gave the same weights.", label="new weights")


@case("twenty ReLU layers keep the size of their signal", points=2)
def deep(candidate, rng):
    for distribution in ("normal", "uniform"):
        generator = candidate.generator(seed_from(rng))
        x = rng.standard_normal((16, 128))
        before = (x**2).mean()
        for _ in range(20):
            x = np.maximum(x @ drawn(candidate, (128, 128), "he", distribution, 0.0, generator).T, 0)
        growth = (x**2).mean() / before
        expect.that(1e-3 < growth < 1e3, "The signal fades or blows up in a deep net.", label="deep signal")


@case("the smallest shapes")
def smallest(candidate, rng):
    for shape in ((1, 1), (1, 1, 1), (1, 5, 1, 1)):
        generator = candidate.generator(seed_from(rng))
        weights = drawn(candidate, shape, "he", "uniform", 0.0, generator)
        bound = np.sqrt(6 / shape[1])
        expect.that(
            (np.abs(weights) <= bound * (1 + 1e-6)).all(),
            "A weight lies beyond the bound.",
            label="the bound",
        )


@case("ValueError for unknown words and impossible shapes", points=2)
def bad_input(candidate, rng):
    init, generator = candidate.init_weights, candidate.generator(seed_from(rng))
    for scheme, distribution in (("He", "normal"), ("", "uniform"), ("he", "gauss"), ("xavier", "")):
        expect.raises(ValueError, init, (3, 4), scheme, distribution, 0.0, generator)
    for shape in ((), (5,), (0, 3), (3, 0), (3, 4, 0), (3, 4, 2, -1)):
        for scheme in ("he", "xavier"):
            expect.raises(ValueError, init, shape, scheme, "normal", 0.0, generator)
