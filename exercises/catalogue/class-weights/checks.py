"""Cases for class and sample weights.

A right answer fails a submission with probability at most 5e-10: five exact binomial tests of the draws.
"""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

UNBALANCED = np.repeat([0, 1, 2], [900, 90, 10])
DRAWS = 100_000


def agrees(candidate, labels, n_classes, *args, **settings):
    weights = candidate.class_weights(labels, n_classes, *args, **settings)
    expect.close(weights, reference.class_weights(labels, n_classes, *args, **settings))
    return weights


def drawn_labels(rng, n_classes, n=60):
    """Labels in which every class occurs, some of them often."""
    shares = rng.dirichlet(np.ones(n_classes))
    return rng.permutation(np.append(np.arange(n_classes), rng.choice(n_classes, size=n, p=shares)))


@case("900, 90 and 10 labels, balanced", visible=True)
def balanced_by_hand(candidate, rng):
    agrees(candidate, UNBALANCED, 3)


@case("eight labels of two classes, effective number with beta = 0.5", visible=True)
def effective_by_hand(candidate, rng):
    agrees(candidate, np.array([0, 0, 0, 1, 0, 0, 1, 0]), 2, "effective", 0.5)


@case("sample weights of four labels", visible=True)
def samples_by_hand(candidate, rng):
    labels = np.array([0, 0, 0, 2])
    expect.close(candidate.sample_weights(labels), reference.sample_weights(labels))


@case("balanced weights of random labels", points=2)
def balanced(candidate, rng):
    for n_classes in (1, 2, 5, 9):
        agrees(candidate, drawn_labels(rng, n_classes), n_classes, "balanced")


@case("effective-number weights for several beta", points=2)
def effective(candidate, rng):
    for beta in (0, 0.3, 0.9, 0.999, 0.9999):
        agrees(candidate, drawn_labels(rng, 4), 4, "effective", beta=beta)
    agrees(candidate, drawn_labels(rng, 3), 3, scheme="effective")


@case("the mean over the samples is 1", points=2)
def mean(candidate, rng):
    labels = drawn_labels(rng, 6)
    for scheme in ("balanced", "effective"):
        weights = expect.array(candidate.class_weights(labels, 6, scheme, 0.95))
        expect.shape(weights, (6,))
        expect.close(float(weights[labels].mean()), 1.0, label=f"the mean of {scheme} weights")


@case("an absent class has weight 0 where that is allowed", points=2)
def absent_allowed(candidate, rng):
    labels = rng.permutation([0, 0, 0, 0, 2, 2, 5, 5, 5, 2])
    for scheme in ("balanced", "effective"):
        agrees(candidate, labels, 8, scheme, 0.9, allow_absent=True)
    agrees(candidate, drawn_labels(rng, 4), 4, allow_absent=True)


@case("ValueError for an absent class", points=2)
def absent(candidate, rng):
    labels = rng.permutation([0, 0, 3, 3, 3, 2])
    for scheme in ("balanced", "effective"):
        expect.raises(ValueError, candidate.class_weights, labels, 4, scheme, 0.9)
        expect.raises(ValueError, candidate.class_weights, labels, 4, scheme, 0.9, allow_absent=False)
        expect.raises(ValueError, candidate.class_weights, np.array([0, 1, 1]), 3, scheme)
        expect.raises(ValueError, candidate.class_weights, np.array([1, 2, 1]), 3, scheme)


@case("sample weights of random labels, with gaps", points=2)
def samples(candidate, rng):
    for labels in (drawn_labels(rng, 5), 3 * drawn_labels(rng, 3) + 2, np.array([7])):
        expect.close(candidate.sample_weights(labels), reference.sample_weights(labels))


@case("draws with the weights are spread evenly over the classes", points=2)
def draws(candidate, rng):
    labels = drawn_labels(rng, 5, 200)
    weights = expect.array(candidate.sample_weights(labels))
    expect.shape(weights, labels.shape)
    usable = bool(np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0)
    expect.that(usable, "The sample weights are no probabilities.", label="usable")
    drawn = labels[rng.choice(len(labels), size=DRAWS, p=weights / weights.sum())]
    for times in np.bincount(drawn, minlength=5):
        expect.binomial(int(times), DRAWS, 0.2, false_alarm=1e-10, label="draws of a class")


@case("labels of other integer types, float64 weights, arguments left as they were")
def dtypes(candidate, rng):
    for dtype in (np.uint8, np.int32, np.int64):
        labels = drawn_labels(rng, 3, 40).astype(dtype)[::2]
        labels[:3] = 0, 1, 2
        for scheme in ("balanced", "effective"):
            weights = expect.inputs_unchanged(candidate.class_weights, labels, 3, scheme)
            expect.close(weights, reference.class_weights(labels, 3, scheme))
            expect.dtype(weights, np.float64)
        weights = expect.inputs_unchanged(candidate.sample_weights, labels)
        expect.close(weights, reference.sample_weights(labels))
        expect.dtype(weights, np.float64)


@case("ValueError for labels that are no classes")
def strange_labels(candidate, rng):
    for labels in ([0, 1, -1], [0, 1, 3, 2], [2, 1, 0, 0, 90]):
        for allowed in (False, True):
            expect.raises(ValueError, candidate.class_weights, np.array(labels), 3, allow_absent=allowed)
    expect.raises(ValueError, candidate.sample_weights, np.array([0, 1, -1]))
    expect.raises(ValueError, candidate.class_weights, np.array([0, 0]), 0, allow_absent=True)


@case("ValueError for no labels, and for another number of axes")
def bad_shapes(candidate, rng):
    for labels in (np.empty(0, dtype=np.int64), np.array([[0, 1], [1, 0]]), np.array([[1, 0, 0]])):
        expect.raises(ValueError, candidate.class_weights, labels, 2, allow_absent=True)
        expect.raises(ValueError, candidate.sample_weights, labels)


@case("ValueError for an unknown scheme, or beta outside of [0, 1)")
def bad_settings(candidate, rng):
    for scheme in ("", "inverse", "sqrt"):
        expect.raises(ValueError, candidate.class_weights, UNBALANCED, 3, scheme)
    for beta in (-0.001, 1, 1.0, 1.001):
        expect.raises(ValueError, candidate.class_weights, UNBALANCED, 3, "effective", beta)
