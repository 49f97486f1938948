"""Cases for dropout.

A right answer fails a submission with probability below 2e-9: seven exact binomial tests and three of means
(Bernstein), each with at most 1e-10. Added to these are masks that are equal by chance: 2**-2000 in "each
call draws a new mask" and (0.3**2 + 0.7**2)**2000 at most elsewhere, and forty equal counts, below
0.028**39. An answer that drops with 0.95 p is rejected with probability above 1 - 1e-9 (at p = 0.4).
"""

import numpy as np

from exercises.dsl import case, expect


def draw(candidate, x, p, training, generator):
    """Call, check the form of what came back, and give y and the mask as booleans."""
    y, mask = expect.items(candidate.dropout(x, p, training, generator), 2)
    expect.shape(y, x.shape)
    expect.shape(mask, x.shape)
    kept = expect.array(mask)
    expect.that(bool(np.isin(kept, (0, 1)).all()), "The mask holds values other than False and True.")
    return y, kept.astype(bool)


def masks(candidate, shape, p, generator, calls=1):
    x = np.ones(shape)
    return [draw(candidate, x, p, True, generator)[1] for _ in range(calls)]


def seed_from(rng):
    return int(rng.integers(2**31))


@case("evaluation gives the input back", visible=True)
def evaluation(candidate, rng):
    x = np.arange(6.0).reshape(2, 3)
    y, kept = draw(candidate, x, 0.5, False, candidate.generator(0))
    expect.close(y, x, rtol=0, atol=0)
    expect.that(kept.all(), "In evaluation the mask must be all True.", label="evaluation mask")


@case("p = 0.75 multiplies what it keeps by four", visible=True)
def quarter(candidate, rng):
    x = np.arange(1.0, 13.0).reshape(3, 4)
    y, kept = draw(candidate, x, 0.75, True, candidate.generator(1))
    expect.close(y, x * kept * 4, rtol=1e-12, atol=0)


@case("a probability above 1", visible=True)
def above_one(candidate, rng):
    expect.raises(ValueError, candidate.dropout, np.ones(3), 1.5, True, candidate.generator(2))


@case("evaluation changes nothing for any p", points=2)
def evaluation_for_any_p(candidate, rng):
    x = rng.standard_normal((4, 3, 5, 5))
    for p in (0.0, 0.3, 0.9, 1.0):
        y, kept = draw(candidate, x, p, False, candidate.generator(seed_from(rng)))
        expect.close(y, x, rtol=0, atol=0)
        expect.that(kept.all(), "In evaluation the mask must be all True.", label="evaluation mask")


@case("evaluation leaves the generator alone")
def evaluation_draws_nothing(candidate, rng):
    x, seed = np.ones((20, 50)), seed_from(rng)
    used, fresh = candidate.generator(seed), candidate.generator(seed)
    draw(candidate, x, 0.5, False, used)
    after = draw(candidate, x, 0.5, True, used)[1]
    same = bool((after == draw(candidate, x, 0.5, True, fresh)[1]).all())
    expect.that(same, "A call in evaluation mode used random numbers.", label="evaluation draws")


@case("kept values are scaled by 1/(1-p), dropped ones are zero", points=2)
def scale(candidate, rng):
    for p in (0.1, 0.3, 0.5, 0.85):
        for shape in ((200,), (7, 30), (3, 4, 5, 6)):
            x = rng.uniform(1, 2, size=shape) * rng.choice((-1, 1), size=shape)
            generator = candidate.generator(seed_from(rng))
            y, kept = draw(candidate, x, p, True, generator)
            still, _ = draw(candidate, x, p, False, generator)
            expect.close(y, np.where(kept, x / (1 - p), 0.0), rtol=1e-12, atol=0)
            expect.close(still, x, rtol=0, atol=0)


@case("each element is dropped with probability p", points=2)
def drop_probability(candidate, rng):
    for p in (0.1, 0.4, 0.8):
        (kept,) = masks(candidate, (100, 1000), p, candidate.generator(seed_from(rng)))
        dropped = int((~kept).sum())
        expect.binomial(dropped, kept.size, p, false_alarm=1e-10, label="the number of dropped elements")


@case("the number of dropped elements varies", points=2)
def count_varies(candidate, rng):
    drawn = masks(candidate, (1000,), 0.3, candidate.generator(seed_from(rng)), calls=40)
    counts = {int((~kept).sum()) for kept in drawn}
    expect.that(len(counts) > 1, "Every call drops equally many elements.", label="count varies")


@case("the mean is preserved", points=2)
def mean(candidate, rng):
    for p in (0.2, 0.5, 0.7):
        y, _ = draw(candidate, np.full((300, 300), 3.0), p, True, candidate.generator(seed_from(rng)))
        std, span = 3.0 * np.sqrt(p / (1 - p)), 3.0 * max(1.0, p / (1 - p))  # values are 0 and 3/(1 - p)
        expect.mean(y, 3.0, std, false_alarm=1e-10, label="the mean of the output", span=span)


@case("rows, columns and channels are dropped independently", points=2)
def independent(candidate, rng):
    p = 0.4
    (kept,) = masks(candidate, (64, 500), p, candidate.generator(seed_from(rng)))
    (maps,) = masks(candidate, (16, 8, 16, 16), p, candidate.generator(seed_from(rng)))
    pairs = {
        "agreement of different samples": (kept[::2], kept[1::2]),
        "agreement of neighbouring features": (kept[:, ::2], kept[:, 1::2]),
        "agreement of different channels": (maps[:, ::2], maps[:, 1::2]),
        "agreement of neighbouring pixels": (maps[..., ::2], maps[..., 1::2]),
    }
    for label, (one, other) in pairs.items():
        agreements = int((one == other).sum())
        expect.binomial(agreements, one.size, p**2 + (1 - p) ** 2, false_alarm=1e-10, label=label)


@case("each call draws a new mask")
def new_mask(candidate, rng):
    first, second = masks(candidate, (40, 50), 0.5, candidate.generator(seed_from(rng)), calls=2)
    expect.that((first != second).any(), "Two calls with one generator gave the same mask.", label="new mask")


@case("the generator that is passed in decides the mask", points=2)
def seeded(candidate, rng):
    seed = seed_from(rng)
    (first,) = masks(candidate, (40, 50), 0.5, candidate.generator(seed))
    (again,) = masks(candidate, (40, 50), 0.5, candidate.generator(seed))
    same = bool((first == again).all())
    expect.that(same, "Equal generators gave different masks.", label="equal seeds")
    (other,) = masks(candidate, (40, 50), 0.5, candidate.generator(seed + 1))
    expect.that((first != other).any(), "Different generators gave equal masks.", label="other seeds")


@case("p = 0 keeps everything, p = 1 gives zeros", points=2)
def extremes(candidate, rng):
    x = rng.standard_normal((6, 7))
    y, kept = draw(candidate, x, 0.0, True, candidate.generator(seed_from(rng)))
    expect.close(y, x, rtol=1e-12, atol=0)
    expect.that(kept.all(), "With p = 0 the mask must be all True.", label="mask at p = 0")
    y, kept = draw(candidate, x, 1.0, True, candidate.generator(seed_from(rng)))
    expect.dtype(y, x.dtype)
    expect.close(y, np.zeros_like(x), rtol=0, atol=0)
    expect.that(not kept.any(), "With p = 1 the mask must be all False.", label="mask at p = 1")


@case("float32 stays float32")
def single_precision(candidate, rng):
    x = rng.uniform(1, 2, size=(50, 40)).astype(np.float32)
    for training in (True, False):
        y, kept = draw(candidate, x, 0.3, training, candidate.generator(seed_from(rng)))
        expect.dtype(y, np.float32)
        expect.close(y, x * kept / (0.7 if training else 1.0), rtol=1e-6, atol=0)


@case("the input is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.uniform(1, 2, size=(8, 9)).T[::-1]
    for training in (True, False):
        generator = candidate.generator(seed_from(rng))
        y, kept = draw(candidate, x, 0.5, training, generator)
        expect.close(y, x * kept * (2.0 if training else 1.0), rtol=1e-12, atol=0)
        # A generator changes by being used, so only the array is compared.
        _, after = candidate.dropout.with_inputs(x, 0.5, training, generator)
        expect.equal(after[0], x, label="x changed")


@case("ValueError for p outside [0, 1] in both modes")
def bad_probability(candidate, rng):
    for training in (True, False):
        for p in (-0.1, 1.0001, 50.0):
            expect.raises(ValueError, candidate.dropout, np.ones(4), p, training, candidate.generator(1))
