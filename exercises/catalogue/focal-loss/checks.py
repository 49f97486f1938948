"""Cases for focal loss: values against the reference, gradients against its central differences."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

REDUCTIONS = ("none", "mean", "sum")
GAMMAS = (0.0, 0.5, 1, 2.0, 5.0)
EVEN = np.log(np.array([[0.9, 0.1], [0.1, 0.9]]))


def agree(candidate, calls, tolerance=1e-9):
    """Several calls, given by their arguments. All are made before the first comparison."""
    found = [candidate.focal_loss(*args) for args in calls]
    for value, (logits, *rest) in zip(found, calls, strict=True):
        right = reference.focal_loss(logits.astype(np.float64), *rest)
        right = right if right.ndim else float(right)
        expect.close(value, right, rtol=tolerance, atol=tolerance)
    return found


def batch(rng, n=6, classes=4):
    """Logits and targets of n samples; with 0 classes, one logit a sample."""
    targets = np.append([0, max(classes, 2) - 1], rng.integers(0, max(classes, 2), size=n - 2))
    return 2 * rng.standard_normal((n, classes) if classes else n), rng.permutation(targets)


@case("probabilities 0.9 and 0.1 at gamma 2 and 0", visible=True)
def by_hand(candidate, rng):
    agree(candidate, [(EVEN, np.array([0, 0]), gamma, None, "none") for gamma in (2.0, 0.0)])


@case("one logit a sample, alpha 0.25", visible=True)
def binary_by_hand(candidate, rng):
    agree(candidate, [(np.log(np.array([9.0, 9.0])), np.array([1, 0]), 2.0, 0.25, "none")])


@case("the mean with a weight for each class", visible=True)
def mean_by_hand(candidate, rng):
    agree(candidate, [(EVEN, np.array([0, 0]), 2.0, np.array([0.5, 3.0]), "mean")])


@case("several classes and gammas", points=2)
def several_classes(candidate, rng):
    for classes in (2, 3, 7):
        logits, target = batch(rng, classes=classes)
        agree(candidate, [(logits, target, gamma, None, "none") for gamma in GAMMAS])


@case("one logit a sample, several gammas", points=2)
def binary(candidate, rng):
    logits, target = batch(rng, classes=0)
    agree(candidate, [(logits, target, gamma, None, "none") for gamma in GAMMAS])


@case("gamma 0 without alpha is cross-entropy")
def cross_entropy(candidate, rng):
    logits, target = batch(rng)
    expected = -reference.log_softmax(logits, 1)[np.arange(6), target]
    expect.close(candidate.focal_loss(logits, target, 0, reduction="none"), expected, rtol=1e-7, atol=1e-7)
    expect.close(candidate.focal_loss(logits, target, gamma=0.0), float(expected.mean()), rtol=1e-7)


@case("easy examples never cost more than cross-entropy")
def easier(candidate, rng):
    logits, target = batch(rng, n=20, classes=3)
    losses = [expect.array(candidate.focal_loss(logits, target, gamma, None, "none")) for gamma in GAMMAS]
    for less, more in zip(losses[1:], losses, strict=False):
        expect.shape(less, (20,))
        expect.that((less <= more + 1e-12).all(), "A larger gamma made a loss larger.", label="monotone")
    agree(candidate, [(logits, target, 2.0, None, "none")])


@case("a weight for each class", points=2)
def alpha_array(candidate, rng):
    for classes in (3, 0):
        logits, target = batch(rng, classes=classes)
        alpha = rng.uniform(0.2, 3, size=max(classes, 2))
        agree(candidate, [(logits, target, gamma, alpha, "none") for gamma in (0.0, 2.0)])
        alpha[0] = 0.0
        agree(candidate, [(logits, target, 2.0, alpha, "none")])


@case("one number as weight, for one logit and for several", points=2)
def alpha_number(candidate, rng):
    logits, target = batch(rng, classes=0)
    agree(candidate, [(logits, target, 2.0, alpha, "none") for alpha in (0.25, 0.0, 1, 0.9)])
    logits, target = batch(rng, classes=3)
    agree(candidate, [(logits, target, 2.0, alpha, "none") for alpha in (0.25, 0, 4.0)])


@case("mean divides by the number of samples, sum by nothing", points=2)
def reductions(candidate, rng):
    for classes in (4, 0):
        logits, target = batch(rng, classes=classes)
        alpha = rng.uniform(0.5, 3, size=max(classes, 2))
        agree(candidate, [(logits, target, 1.5, weight, r) for weight in (None, alpha) for r in REDUCTIONS])
    logits, target = batch(rng)
    expect.close(candidate.focal_loss(logits, target), float(reference.focal_loss(logits, target, 2.0)))


@case("logits of 200 and -200", points=2)
def extreme(candidate, rng):
    z = np.array([200.0, -200.0, 200.0, -200.0])
    logits, target = np.stack([-z, z, 0 * z], axis=1), np.array([1, 0, 0, 1])
    calls = [(logits, target, gamma, None, "none") for gamma in GAMMAS]
    agree(candidate, calls + [(z, target, gamma, None, "none") for gamma in GAMMAS])


@case("a single sample, two classes")
def single(candidate, rng):
    agree(candidate, [(rng.standard_normal((1, 2)), np.array([1]), 2.0, None, r) for r in REDUCTIONS])
    agree(candidate, [(rng.standard_normal(1), np.array([0]), 2.0, 0.3, r) for r in REDUCTIONS])


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    calls = []
    for classes, alpha in ((4, None), (3, rng.uniform(0.5, 2, size=3)), (0, 0.3)):
        logits, target = batch(rng, classes=classes)
        calls.append((logits.astype(np.float32), target, 2.0, alpha, "none"))
    for value in agree(candidate, calls, tolerance=1e-4):
        expect.dtype(value, np.float32)


@case("arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    logits, target = batch(rng, n=12, classes=3)
    args = (logits.T.copy().T[::2], target[::2], 2.0, rng.uniform(0.5, 2, size=3), "none")
    value, after = candidate.focal_loss.with_inputs(*args)
    expect.close(value, reference.focal_loss(*args))
    for was, now in zip(args, after, strict=True):
        expect.equal(now, was, label="an argument changed")


@case("ValueError for targets that are no classes", points=2)
def bad_targets(candidate, rng):
    for classes in (2, 4, 0):
        logits, target = batch(rng, classes=classes)
        for wrong in (-1, max(classes, 2)):
            expect.raises(ValueError, candidate.focal_loss, logits, np.append(target[1:], wrong))
        expect.raises(ValueError, candidate.focal_loss, logits, target[1:])
        expect.raises(ValueError, candidate.focal_loss, logits, target[:, None])


@case("ValueError for logits of a wrong shape")
def bad_logits(candidate, rng):
    target = np.array([0, 0])
    for shape in ((2, 1), (2, 2, 2)):
        expect.raises(ValueError, candidate.focal_loss, np.zeros(shape), target)
    for shape in ((0,), (0, 3)):
        expect.raises(ValueError, candidate.focal_loss, np.zeros(shape), np.empty(0, dtype=np.int64))


@case("ValueError for a negative gamma or an unknown reduction")
def bad_settings(candidate, rng):
    logits, target = batch(rng)
    for gamma in (-0.01, -2.0):
        expect.raises(ValueError, candidate.focal_loss, logits, target, gamma)
    for reduction in ("average", "", "max"):
        expect.raises(ValueError, candidate.focal_loss, logits, target, 2.0, None, reduction)


@case("ValueError for an alpha that does not fit")
def bad_alpha(candidate, rng):
    logits, target = batch(rng)
    for alpha in (np.ones(5), np.ones(3), np.ones((4, 1)), np.array([1.0, -0.1, 1, 1]), -0.5):
        expect.raises(ValueError, candidate.focal_loss, logits, target, 2.0, alpha)
    logits, target = batch(rng, classes=0)
    for alpha in (1.01, -0.01, np.ones(3), np.array([-0.5, 0.5])):
        expect.raises(ValueError, candidate.focal_loss, logits, target, 2.0, alpha)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def tensors(candidate, rng, device):
    for classes, alpha in ((5, None), (3, rng.uniform(0.5, 2, size=3)), (0, 0.3)):
        logits, target = batch(rng, n=16, classes=classes)
        logits = logits.astype(np.float32)
        sent = [torch_tensor(array, device=device) for array in (logits, target)]
        weight = torch_tensor(alpha, device=device) if isinstance(alpha, np.ndarray) else alpha
        for reduction in ("none", "mean"):
            value = candidate.focal_loss(*sent, 2.0, weight, reduction)
            right = reference.focal_loss(logits.astype(np.float64), target, 2.0, alpha, reduction)
            expect.close(value, torch_tensor(right), rtol=1e-4, atol=1e-4)
            expect.device(value, device)


@case("gradients of the loss", points=2, framework="torch")
def gradients(candidate, rng):
    for classes, gamma in ((3, 2.0), (0, 0.5), (4, 0.0)):
        logits, target = batch(rng, n=4, classes=classes)
        alpha, seed = rng.uniform(0.5, 2, size=max(classes, 2)), rng.standard_normal(4)
        sent = [torch_tensor(array) for array in (logits, target)]
        function = candidate.focal_loss.with_gradients
        _, (found,) = function(*sent, gamma, torch_tensor(alpha), "none", of=(0,), seed=seed)
        losses = lambda z: (seed * reference.focal_loss(z, target, gamma, alpha, "none")).sum()  # noqa: B023, E731
        expect.gradient(found, losses, logits, label="gradient")


@case("gradients are finite for logits of 200 and -200", points=2, framework="torch")
def finite_gradients(candidate, rng):
    z, target = np.array([200.0, -200.0, 200.0, -200.0]), np.array([1, 0, 0, 1])
    steps = np.array([0.0, 0.0, 1.0, -1.0])  # right and certain: 0; wrong and certain: as cross-entropy
    for gamma in GAMMAS:
        for logits, right in (
            (z, steps),
            (np.stack([-z, z, 0 * z], axis=1), np.stack([-steps, steps, 0 * z], axis=1)),
        ):
            sent = [torch_tensor(array) for array in (logits, target)]
            function = candidate.focal_loss.with_gradients
            _, (found,) = function(*sent, gamma, None, "none", of=(0,), seed=np.ones(4))
            expect.close(found, right, rtol=1e-6, atol=1e-6, label="finite gradient")
