"""Cases for spatial dropout.

A right answer fails a submission with probability below 2e-9: eleven exact binomial tests with at most 1e-10
each. Added to these are decisions that are equal by chance: 2**-1000 in "each call draws anew" and
(0.3**2 + 0.7**2)**1000 at most elsewhere, and forty equal counts, below 0.09**39.
"""

import numpy as np

from exercises.dsl import case, expect


def decisions(y, x, p, rtol=1e-12):
    """Which maps (N, C) were kept, if each is all zero or x scaled by 1/(1 - p); x holds no zeros."""
    expect.shape(y, x.shape)
    found = expect.array(y)
    kept = (found != 0).any(axis=(2, 3))
    whole = (found != 0).all(axis=(2, 3))
    expect.that((kept == whole).all(), "A map is neither kept nor dropped as a whole.", label="whole maps")
    expect.close(y, np.where(kept[:, :, None, None], x / (1 - p), 0.0), rtol=rtol, atol=0)
    return kept


def trial(candidate, shape, p, generator):
    """The decisions for maps of ones."""
    x = np.ones(shape)
    return decisions(candidate.spatial_dropout(x, p, True, generator), x, p)


def seed_from(rng):
    return int(rng.integers(2**31))


def away_from_zero(rng, shape):
    return rng.uniform(1, 2, size=shape) * rng.choice((-1, 1), size=shape)


@case("evaluation gives the input back", visible=True)
def evaluation(candidate, rng):
    x = np.arange(8.0).reshape(1, 2, 2, 2)
    expect.close(candidate.spatial_dropout(x, 0.5, False, candidate.generator(0)), x, rtol=0, atol=0)


@case("p = 0.75 multiplies the maps that it keeps by four", visible=True)
def quarter(candidate, rng):
    x = np.arange(1.0, 25.0).reshape(2, 3, 2, 2)
    decisions(candidate.spatial_dropout(x, 0.75, True, candidate.generator(1)), x, 0.75)


@case("an image without a batch axis", visible=True)
def three_axes(candidate, rng):
    generator = candidate.generator(2)
    expect.raises(ValueError, candidate.spatial_dropout, np.ones((3, 2, 2)), 0.5, True, generator)


@case("each map is all zero or exactly scaled", points=2)
def whole_maps(candidate, rng):
    for p in (0.1, 0.3, 0.5, 0.85):
        for shape in ((40, 5, 2, 3), (5, 60, 3, 1), (1, 50, 1, 1)):
            x = away_from_zero(rng, shape)
            decisions(candidate.spatial_dropout(x, p, True, candidate.generator(seed_from(rng))), x, p)


@case("each map is dropped with probability p", points=2)
def drop_probability(candidate, rng):
    for p in (0.1, 0.4, 0.8):
        kept = trial(candidate, (100, 200, 1, 2), p, candidate.generator(seed_from(rng)))
        dropped = int((~kept).sum())
        expect.binomial(dropped, kept.size, p, false_alarm=1e-10, label="the number of dropped maps")


@case("samples and channels decide independently", points=2)
def independent(candidate, rng):
    for p in (0.3, 0.5):
        kept = trial(candidate, (100, 200, 1, 2), p, candidate.generator(seed_from(rng)))
        pairs = {
            "agreement of different samples": (kept[::2], kept[1::2]),
            "agreement of different channels": (kept[:, ::2], kept[:, 1::2]),
        }
        for label, (one, other) in pairs.items():
            agreements = int((one == other).sum())
            expect.binomial(agreements, one.size, p**2 + (1 - p) ** 2, false_alarm=1e-10, label=label)


@case("the number of dropped maps of a sample varies", points=2)
def count_varies(candidate, rng):
    kept = trial(candidate, (40, 100, 1, 2), 0.3, candidate.generator(seed_from(rng)))
    counts = set(kept.sum(axis=1).tolist())
    expect.that(len(counts) > 1, "Every sample loses equally many maps.", label="count varies")


@case("the batch loses one channel in some samples and keeps it in others")
def across_samples(candidate, rng):
    kept = trial(candidate, (400, 10, 1, 2), 0.5, candidate.generator(seed_from(rng)))
    for channel in range(0, 10, 3):
        times = int(kept[:, channel].sum())
        expect.binomial(times, 400, 0.5, false_alarm=1e-10, label="how often one channel is kept")


@case("each call draws anew")
def new_mask(candidate, rng):
    generator = candidate.generator(seed_from(rng))
    first, second = (trial(candidate, (20, 50, 1, 2), 0.5, generator) for _ in range(2))
    expect.that((first != second).any(), "Two calls with one generator dropped the same maps.", label="anew")


@case("the generator that is passed in decides", points=2)
def seeded(candidate, rng):
    seed = seed_from(rng)
    first, again, other = (
        trial(candidate, (20, 50, 1, 2), 0.3, candidate.generator(one)) for one in (seed, seed, seed + 1)
    )
    expect.that((first == again).all(), "Equal generators dropped different maps.", label="equal seeds")
    expect.that((first != other).any(), "Different generators dropped the same maps.", label="other seeds")


@case("evaluation changes nothing, for any p", points=2)
def evaluation_for_any_p(candidate, rng):
    x = away_from_zero(rng, (4, 6, 3, 3))
    for p in (0.0, 0.3, 0.9, 1.0):
        y = candidate.spatial_dropout(x, p, False, candidate.generator(seed_from(rng)))
        expect.close(y, x, rtol=0, atol=0)


@case("evaluation leaves the generator alone")
def evaluation_draws_nothing(candidate, rng):
    seed, shape = seed_from(rng), (20, 50, 1, 2)
    used, fresh = candidate.generator(seed), candidate.generator(seed)
    candidate.spatial_dropout(np.ones(shape), 0.5, False, used)
    same = (trial(candidate, shape, 0.5, used) == trial(candidate, shape, 0.5, fresh)).all()
    expect.that(same, "A call in evaluation mode used random numbers.", label="evaluation draws")


@case("p = 0 keeps everything, p = 1 gives zeros", points=2)
def extremes(candidate, rng):
    x = away_from_zero(rng, (3, 5, 4, 2))
    kept = candidate.spatial_dropout(x, 0, True, candidate.generator(seed_from(rng)))
    expect.close(kept, x, rtol=1e-12, atol=0)
    zeros = candidate.spatial_dropout(x, 1.0, True, candidate.generator(seed_from(rng)))
    expect.close(zeros, np.zeros_like(x), rtol=0, atol=0)


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    x = away_from_zero(rng, (10, 12, 2, 2)).astype(np.float32)
    found = [
        candidate.spatial_dropout(x, p, training, candidate.generator(seed_from(rng)))
        for p, training in ((0.3, True), (0.3, False), (1.0, True))
    ]
    decisions(found[0], x, 0.3, rtol=1e-6)
    for y in found:
        expect.dtype(y, np.float32)
    y = candidate.spatial_dropout(x.astype(np.float64), 0.3, True, candidate.generator(1))
    expect.dtype(y, np.float64)


@case("the input is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = away_from_zero(rng, (4, 3, 2, 12)).transpose(0, 3, 1, 2)[:, ::-1]
    found = []
    for training in (True, False):
        generator = candidate.generator(seed_from(rng))
        found.append(candidate.spatial_dropout.with_inputs(x, 0.5, training, generator))
    for (y, after), p in zip(found, (0.5, 0.0), strict=True):
        decisions(y, x, p)
        expect.equal(after[0], x, label="x changed")  # a generator changes by being used


@case("ValueError unless there are four axes, in both modes")
def bad_rank(candidate, rng):
    for training in (True, False):
        for shape in ((5,), (4, 5), (4, 5, 2), (1, 4, 5, 2, 2)):
            generator = candidate.generator(3)
            expect.raises(ValueError, candidate.spatial_dropout, np.ones(shape), 0.5, training, generator)


@case("ValueError for p outside [0, 1], in both modes")
def bad_probability(candidate, rng):
    x = np.ones((2, 3, 2, 2))
    for training in (True, False):
        for p in (-0.001, 1.0001, 50):
            expect.raises(ValueError, candidate.spatial_dropout, x, p, training, candidate.generator(3))
