"""Cases for new_exercise."""

import numpy as np

from exercises.dsl import case, expect


def expected(x):
    """The truth: an operation of exercises.reference, or one that is written out here."""
    raise NotImplementedError  # TODO


@case("TODO: a small example with whole numbers", visible=True)
def small(candidate, rng):
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    expect.close(candidate.new_exercise(x), expected(x))


@case("TODO: random inputs of several shapes", points=3)
def random_inputs(candidate, rng):
    for _ in range(5):
        x = rng.standard_normal((2, 3, *rng.integers(3, 9, size=2)))
        expect.close(candidate.new_exercise(x), expected(x))


@case("the argument is left as it was, contiguous or not")
def untouched(candidate, rng):
    x = rng.standard_normal((2, 6, 5, 3)).transpose(0, 3, 1, 2)[:, :, ::-1]
    expect.close(expect.inputs_unchanged(candidate.new_exercise, x), expected(x))


@case("TODO: ValueError for a wrong number of axes")
def bad_input(candidate, rng):
    expect.raises(ValueError, candidate.new_exercise, rng.standard_normal((3, 4)))
