"""Cases for prf, against the definitions of the statement."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

AVERAGES = ("binary", "macro", "micro", "weighted")
OF_CLASSES = AVERAGES[1:]


def counted(tp, fp, fn, tn):
    """Labels with these counts, for the positive class 1."""
    y_true = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    return y_true, np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])


def agrees(candidate, y_true, y_pred, average, zero_division=0.0):
    actual = expect.items(candidate.prf(y_true, y_pred, average, zero_division), 3)
    wanted = reference.precision_recall_f1(y_true, y_pred, average, zero_division)
    for name, one, other in zip(("precision", "recall", "F1"), actual, wanted, strict=True):
        expect.close(one, other, label=name)
    return actual


def labels(rng, count, classes):
    """True labels of uneven frequency, and predictions of which about half are right."""
    y_true = classes[np.minimum(rng.geometric(0.4, count) - 1, len(classes) - 1)]
    return y_true, np.where(rng.random(count) < 0.5, y_true, rng.choice(classes, count))


@case("40 true positives, 10 false positives, 20 false negatives", visible=True)
def forty_ten_twenty(candidate, rng):
    agrees(candidate, *counted(40, 10, 20, 30), "binary")


@case("three classes, one of which is never predicted", visible=True)
def never_predicted(candidate, rng):
    agrees(candidate, np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), "macro", 1.0)


@case("lists of different lengths", visible=True)
def lengths(candidate, rng):
    expect.raises(ValueError, candidate.prf, np.array([0, 1, 1]), np.array([0, 1]), "macro", 0.0)


@case("one positive class", points=2)
def binary(candidate, rng):
    for _ in range(4):
        agrees(candidate, *counted(*(int(n) for n in rng.integers(1, 30, 4))), "binary")
    y_true, y_pred = counted(3, 5, 2, 7)
    order = rng.permutation(len(y_true))
    agrees(candidate, y_true[order], y_pred[order], "binary", 1.0)


@case("the mean over the classes", points=3)
def macro(candidate, rng):
    for count, classes in ((30, np.arange(3)), (60, np.arange(5)), (40, np.array([0, 1]))):
        agrees(candidate, *labels(rng, count, classes), "macro")


@case("the mean weighted by the true labels", points=2)
def weighted(candidate, rng):
    for count, classes in ((30, np.arange(3)), (60, np.arange(5)), (40, np.array([0, 1]))):
        agrees(candidate, *labels(rng, count, classes), "weighted")


@case("summed counts: all three scores are the accuracy", points=2)
def micro(candidate, rng):
    for count, classes in ((30, np.arange(4)), (25, np.array([0, 1]))):
        y_true, y_pred = labels(rng, count, classes)
        scores = agrees(candidate, y_true, y_pred, "micro")
        for score in scores:
            expect.close(score, float((y_true == y_pred).mean()))


@case("classes that only one of the lists has", points=2)
def absent(candidate, rng):
    y_true, y_pred = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 3, 1, 3, 4])
    for order in (rng.permutation(6), rng.permutation(6)):
        for average in OF_CLASSES:
            agrees(candidate, y_true[order], y_pred[order], average)
            agrees(candidate, y_pred[order], y_true[order], average)


@case("labels with gaps and below zero", points=2)
def strange_labels(candidate, rng):
    for classes in (np.array([-3, 4, 11]), np.array([7, 5]), np.array([-1, 1, 100_000])):
        y_true, y_pred = labels(rng, 20, classes)
        for average in OF_CLASSES:
            agrees(candidate, y_true, y_pred, average, 1.0)


@case("zero denominators of one class", points=3)
def zero_denominators(candidate, rng):
    n = int(rng.integers(2, 9))
    for zero in (0.0, 1.0, 0.5, -2.0):
        agrees(candidate, *counted(0, 0, n, n), "binary", zero)  # no positive prediction
        agrees(candidate, *counted(0, n, 0, n), "binary", zero)  # no positive label
        agrees(candidate, *counted(0, 0, 0, n), "binary", zero)  # neither


@case("no hits, but no zero denominator either", points=2)
def no_hits(candidate, rng):
    n, m = (int(v) for v in rng.integers(1, 9, 2))
    for zero in (1.0, 0.0):
        agrees(candidate, *counted(0, n, m, 5), "binary", zero)
        for average in OF_CLASSES:
            agrees(candidate, np.repeat([0, 1], [n, m]), np.repeat([2, 0], [n, m]), average, zero)


@case("zero denominators enter the averages", points=2)
def zero_in_averages(candidate, rng):
    y_true = rng.permutation(np.array([0, 0, 0, 1, 1, 2, 5]))
    for zero in (1.0, 0.25):
        for average in OF_CLASSES:
            agrees(candidate, y_true, np.zeros(7, dtype=int), average, zero)
            agrees(candidate, np.zeros(7, dtype=int), y_true, average, zero)


@case("everything right")
def perfect(candidate, rng):
    y = rng.integers(0, 4, 20)
    for average in OF_CLASSES:
        agrees(candidate, y, y, average)
    agrees(candidate, *counted(1, 0, 0, 0), "binary")
    agrees(candidate, *counted(6, 0, 0, 3), "binary")
    agrees(candidate, np.array([3]), np.array([3]), "macro", 1.0)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    y_true, y_pred = labels(rng, 24, np.arange(3))
    strided = (np.repeat(y_true, 3)[::3], np.repeat(y_pred, 2)[::2])
    for average in OF_CLASSES:
        found = expect.items(expect.inputs_unchanged(candidate.prf, *strided, average, 0.0), 3)
        expect.close(tuple(found), reference.precision_recall_f1(y_true, y_pred, average, 0.0))


@case("ValueError for shapes that do not fit", points=2)
def bad_shapes(candidate, rng):
    y = rng.integers(0, 2, 6)
    for average in AVERAGES:
        expect.raises(ValueError, candidate.prf, y, y[:5], average, 0.0)
        expect.raises(ValueError, candidate.prf, y[:1], y, average, 0.0)
        expect.raises(ValueError, candidate.prf, y[:0], y[:0], average, 0.0)
    expect.raises(ValueError, candidate.prf, y.reshape(2, 3), y.reshape(2, 3), "macro", 0.0)
    expect.raises(ValueError, candidate.prf, y, y.reshape(1, 6), "macro", 0.0)
    expect.raises(ValueError, candidate.prf, y.reshape(6, 1), y, "macro", 0.0)


@case("ValueError for an unknown average and for labels that are not binary")
def bad_values(candidate, rng):
    y = np.array([0, 1, 1, 0])
    for average in ("samples", "mean", "Macro", ""):
        expect.raises(ValueError, candidate.prf, y, y, average, 0.0)
    for strange in (2, -1):
        other = np.where(np.arange(4) == rng.integers(4), strange, y)
        expect.raises(ValueError, candidate.prf, other, y, "binary", 0.0)
        expect.raises(ValueError, candidate.prf, y, other, "binary", 0.0)
    agrees(candidate, y[:1], y[:1], "binary", 1.0)
    agrees(candidate, y[1:2], y[1:2], "binary", 0.0)
