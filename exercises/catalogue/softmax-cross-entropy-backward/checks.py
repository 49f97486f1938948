"""Cases for softmax_xent. The reference agrees with PyTorch; one case knows no derivation but differences."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

EXACT = {"rtol": 1e-12, "atol": 1e-12}
SMALL = np.log(np.array([[1.0, 3.0], [1.0, 1.0]]))


def agrees(candidate, logits, labels, label=None, **tolerance):
    """Compare loss and gradient with the reference and give both back, as numbers."""
    loss, gradient = expect.items(candidate.softmax_xent(logits, labels), 2)
    expected = reference.softmax_cross_entropy(logits, labels)
    tolerance = tolerance or EXACT
    expect.close(loss, expected[0], label=label, **tolerance)
    expect.close(gradient, expected[1], label=label, **tolerance)
    return loss, gradient


def batch(rng, samples, classes, scale=1.0):
    return scale * rng.standard_normal((samples, classes)), rng.integers(0, classes, size=samples)


@case("zero logits of ten classes: the loss is ln 10", visible=True)
def uniform(candidate, rng):
    agrees(candidate, np.zeros((3, 10)), np.array([0, 4, 9]))


@case("odds of three to one", visible=True)
def odds(candidate, rng):
    agrees(candidate, SMALL, np.array([1, 0]))


@case("a label that is no class", visible=True)
def no_class(candidate, rng):
    expect.raises(ValueError, candidate.softmax_xent, SMALL, np.array([0, 2]))


@case("ten random batches", points=3)
def random_batches(candidate, rng):
    for _ in range(10):
        samples, classes = (int(size) for size in rng.integers(2, 9, size=2))
        agrees(candidate, *batch(rng, samples, classes, 3.0))


@case("the gradient is that of the mean loss, by central differences", points=3)
def differences(candidate, rng):
    logits, labels = batch(rng, 3, 4)
    _, gradient = expect.items(candidate.softmax_xent(logits, labels), 2)
    expect.gradient(gradient, lambda z: reference.softmax_cross_entropy(z, labels)[0], logits, atol=1e-8)


@case("logits of plus and minus ten thousand", points=3)
def extreme(candidate, rng):
    logits = np.array([[1e4, -1e4], [-1e4, 1e4]])
    for labels in ([1, 0], [0, 1], [0, 0]):
        agrees(candidate, logits, np.array(labels))
    logits, labels = batch(rng, 6, 5)
    agrees(candidate, np.clip(4e3 * logits, -1e4, 1e4), labels)


@case("rows that lie far apart", points=2)
def far_apart(candidate, rng):
    logits, labels = batch(rng, 5, 4)
    offsets = rng.permutation([-1e4, -5e3, 0.0, 5e3, 1e4])
    agrees(candidate, np.round(logits, 2) + offsets[:, None], labels)


@case("a constant added to a row changes nothing", points=2)
def shifted(candidate, rng):
    logits = rng.integers(-8, 9, size=(4, 6)) / 4.0  # sums with whole numbers are exact
    labels = rng.integers(0, 6, size=4)
    loss, gradient = agrees(candidate, logits, labels)
    moved = logits + rng.integers(-500, 500, size=(4, 1))
    found = expect.items(candidate.softmax_xent(moved, labels), 2)
    expect.close(found[0], expect.number(loss), label="shifted loss", **EXACT)
    expect.close(found[1], expect.array(gradient), label="shifted gradient", **EXACT)


@case("each row of the gradient sums to 0", points=2)
def row_sums(candidate, rng):
    logits, labels = batch(rng, 5, 7, 2.0)
    _, gradient = expect.items(candidate.softmax_xent(logits, labels), 2)
    expect.shape(gradient, logits.shape)
    sums = expect.array(gradient).sum(axis=1)
    expect.that(
        bool((np.abs(sums) < 1e-12).all()), "A row of the gradient does not sum to 0.", label="row sums"
    )


@case("a batch written down twice has the same loss and half the gradient", points=2)
def twice(candidate, rng):
    logits, labels = batch(rng, 4, 3)
    loss, gradient = agrees(candidate, logits, labels)
    found = expect.items(candidate.softmax_xent(np.tile(logits, (2, 1)), np.tile(labels, 2)), 2)
    expect.close(found[0], expect.number(loss), label="loss of the doubled batch", **EXACT)
    halves = np.tile(expect.array(gradient), (2, 1)) / 2
    expect.close(found[1], halves, label="gradient of the doubled batch", **EXACT)


@case("one sample, one class, many classes")
def sizes(candidate, rng):
    for samples, classes in ((1, 5), (3, 1), (1, 1), (2, 100)):
        agrees(candidate, *batch(rng, samples, classes))


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    logits, labels = batch(rng, 4, 5)
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        _, gradient = agrees(candidate, logits.astype(dtype), labels, rtol=tolerance, atol=tolerance)
        expect.dtype(gradient, dtype)


@case("labels of any integer dtype")
def label_dtypes(candidate, rng):
    logits, labels = batch(rng, 4, 5)
    for dtype in (np.int8, np.uint8, np.int32, np.uint64):
        agrees(candidate, logits, labels.astype(dtype))


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    logits, labels = rng.standard_normal((6, 8)).T[::2, ::-1], np.arange(8)[::-2] % 5
    agrees(candidate, logits, labels)
    expect.inputs_unchanged(candidate.softmax_xent, logits, labels)
    expect.inputs_unchanged(candidate.softmax_xent, np.ascontiguousarray(logits), labels)


@case("ValueError for labels out of range", points=2)
def out_of_range(candidate, rng):
    for labels in ([0, -1, 2], [3, 0, 1], [0, 1, 1000], [-3, 0, 0]):
        expect.raises(ValueError, candidate.softmax_xent, rng.standard_normal((3, 3)), np.array(labels))
    for classes in (1, 0):
        expect.raises(ValueError, candidate.softmax_xent, np.zeros((2, classes)), np.array([0, 1]))


@case("ValueError for labels that are no integers")
def not_integers(candidate, rng):
    logits = rng.standard_normal((3, 3))
    for labels in ([0.0, 1.0, 2.0], [0.5, 1.0, 0.0], [True, False, True]):
        expect.raises(ValueError, candidate.softmax_xent, logits, np.array(labels))
    expect.raises(ValueError, candidate.softmax_xent, logits, np.array([0, 1, 2], dtype=np.float32))


@case("ValueError for an empty batch")
def empty(candidate, rng):
    for classes in (1, 4):
        expect.raises(ValueError, candidate.softmax_xent, np.zeros((0, classes)), np.zeros(0, dtype=np.int64))


@case("ValueError for wrong shapes")
def shapes(candidate, rng):
    logits = rng.standard_normal((3, 4))
    for shape in ((2,), (4,), (1,), (3, 1), (3, 4), ()):
        expect.raises(ValueError, candidate.softmax_xent, logits, np.zeros(shape, dtype=np.int64))
    expect.raises(ValueError, candidate.softmax_xent, logits[0], np.zeros(4, dtype=np.int64))
    expect.raises(ValueError, candidate.softmax_xent, logits[None], np.zeros(1, dtype=np.int64))
