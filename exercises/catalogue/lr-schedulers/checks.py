"""Cases for lr_at, against the formulas of the statement."""

from exercises import reference
from exercises.dsl import case, expect

PERIODIC = ("step", "restarts")
RISING = ("warmup_cosine", "one_cycle", "one_cycle_linear")
KINDS = ("constant", "step", "cosine", "restarts", *RISING)


def agrees(candidate, *args):
    actual = candidate.lr_at(*args)
    expect.close(actual, reference.lr_at(*args), rtol=1e-9, atol=1e-12)
    return actual


def rates(rng):
    """Three rates in no order, far enough from each other."""
    base, peak, final = rng.permutation([0.1, 0.4, 0.9]) + rng.uniform(0, 0.1, 3)
    return float(base), float(peak), float(final)


def some_steps(rng, total, *more):
    """Both ends, given steps and their neighbours, and a few others."""
    near = {step + move for step in more for move in (-1, 0, 1)}
    others = {int(step) for step in rng.integers(0, total + 1, 2)}
    return [step for step in sorted({0, total} | near | others) if 0 <= step <= total]


@case("half way down a cosine", visible=True)
def half_way(candidate, rng):
    agrees(candidate, 50, 100, "cosine", 0.1, 0.0, 0.0, 0)


@case("the first step after a warm restart", visible=True)
def restart(candidate, rng):
    for step in (3, 4, 5):
        agrees(candidate, step, 12, "restarts", 0.0, 0.4, 0.0, 4)


@case("a warmup that has come to its middle", visible=True)
def rising(candidate, rng):
    agrees(candidate, 2, 12, "warmup_cosine", 0.1, 0.4, 0.0, 4)


@case("a constant rate")
def constant(candidate, rng):
    total = int(rng.integers(5, 50))
    for step in some_steps(rng, total):
        agrees(candidate, step, total, "constant", *rates(rng), int(rng.integers(-3, 90)))


@case("plateaus, each a tenth of the one before", points=2)
def plateaus(candidate, rng):
    base, peak, final = rates(rng)
    length = int(rng.integers(4, 9))
    for step in some_steps(rng, 5 * length, length, 2 * length, 4 * length):
        agrees(candidate, step, 5 * length, "step", base, peak, final, length)
    agrees(candidate, 3, 3, "step", base, peak, final, 1)
    agrees(candidate, 3, 3, "step", base, peak, final, 4)


@case("a cosine from base to final", points=2)
def plain_cosine(candidate, rng):
    base, peak, final = rates(rng)
    total = 4 * int(rng.integers(5, 20))
    for step in some_steps(rng, total, 0, total // 4, total // 2, total):
        agrees(candidate, step, total, "cosine", base, peak, final, int(rng.integers(-3, 90)))


@case("restarts jump to the peak at each cycle start", points=3)
def restarts(candidate, rng):
    base, peak, final = rates(rng)
    length = int(rng.integers(4, 9))
    for cycle in (0, 1, 2, 3):
        start = agrees(candidate, cycle * length, 3 * length, "restarts", base, peak, final, length)
        expect.close(start, peak, rtol=1e-9, atol=1e-12)
    for step in some_steps(rng, 3 * length + 1, length, 2 * length, 3 * length):
        agrees(candidate, step, 3 * length + 1, "restarts", base, peak, final, length)
    agrees(candidate, 3, 3, "restarts", base, peak, final, 1)
    agrees(candidate, 3, 3, "restarts", base, peak, final, 5)


@case("a linear warmup from zero, then a cosine", points=3)
def warmup_cosine(candidate, rng):
    base, peak, final = rates(rng)
    warmup, total = int(rng.integers(4, 9)), int(rng.integers(20, 40))
    for step in some_steps(rng, total, 1, warmup, (warmup + total) // 2, total):
        agrees(candidate, step, total, "warmup_cosine", base, peak, final, warmup)


@case("one cycle with cosines", points=3)
def one_cycle(candidate, rng):
    base, peak, final = rates(rng)
    warmup, total = int(rng.integers(4, 9)), int(rng.integers(20, 40))
    for step in some_steps(rng, total, 1, warmup, (warmup + total) // 2, total):
        agrees(candidate, step, total, "one_cycle", base, peak, final, warmup)


@case("one cycle with straight lines", points=2)
def one_cycle_linear(candidate, rng):
    base, peak, final = rates(rng)
    warmup, total = int(rng.integers(4, 9)), int(rng.integers(20, 40))
    for step in some_steps(rng, total, 1, warmup, (warmup + total) // 2, total):
        agrees(candidate, step, total, "one_cycle_linear", base, peak, final, warmup)


@case("no warmup: the peak comes at step 0", points=2)
def no_warmup(candidate, rng):
    for kind in RISING:
        base, peak, final = rates(rng)
        for step in (0, 1, 9, 10):
            agrees(candidate, step, 10, kind, base, peak, final, 0)
        agrees(candidate, 0, 1, kind, base, peak, final, 0)
        agrees(candidate, 1, 1, kind, base, peak, final, 0)


@case("the longest warmup leaves one step for the fall")
def long_warmup(candidate, rng):
    for kind in RISING:
        base, peak, final = rates(rng)
        for step in (0, 8, 9, 10):
            agrees(candidate, step, 10, kind, base, peak, final, 9)


@case("what a kind does not read has no influence", points=2)
def not_read(candidate, rng):
    base, peak, final = rates(rng)
    for kind, args in (
        ("constant", (base, peak + 7, final - 7, 0)),
        ("step", (base, peak + 7, final - 7, 3)),
        ("cosine", (base, peak + 7, final, -1)),
        ("restarts", (base + 7, peak, final, 3)),
        ("warmup_cosine", (base + 7, peak, final, 3)),
    ):
        for step in (0, 2, 7):
            agrees(candidate, step, 8, kind, *args)


@case("ValueError for a step outside 0..total", points=2)
def bad_step(candidate, rng):
    for kind in KINDS:
        for step in (-1, 9, 8 + int(rng.integers(2, 50))):
            expect.raises(ValueError, candidate.lr_at, step, 8, kind, *rates(rng), 3)


@case("ValueError for a total below 1 and for an unknown kind")
def bad_total(candidate, rng):
    for kind in KINDS:
        expect.raises(ValueError, candidate.lr_at, 0, 0, kind, *rates(rng), 1)
        expect.raises(ValueError, candidate.lr_at, 0, -2, kind, *rates(rng), 1)
    for kind in ("linear", "Cosine", "warmup", ""):
        expect.raises(ValueError, candidate.lr_at, 2, 8, kind, *rates(rng), 3)
    agrees(candidate, 1, 1, "cosine", *rates(rng), 0)


@case("ValueError for a warmup that the kind cannot use", points=2)
def bad_warmup(candidate, rng):
    for kind in PERIODIC:
        for warmup in (0, -3):
            expect.raises(ValueError, candidate.lr_at, 0, 8, kind, *rates(rng), warmup)
    for kind in RISING:
        for warmup in (8, 9, -1):
            expect.raises(ValueError, candidate.lr_at, 8, 8, kind, *rates(rng), warmup)
            expect.raises(ValueError, candidate.lr_at, 0, 8, kind, *rates(rng), warmup)
