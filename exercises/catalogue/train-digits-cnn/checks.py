"""Cases for train_digits. Targets are calibrated: see the editorial, and devtools/calibrate_digits.py."""

import numpy as np

from exercises.datasets import digits
from exercises.dsl import case, expect, torch_tensor

TRAINING, TEST = 1197, 300
SPLITS = 3
MOST_PARAMETERS, TINY = 20_000, 2_000
MEAN, LEAST = 0.975, 0.96


def split(rng, training=TRAINING, test=TEST):
    """Training images and labels, test images and labels, all different."""
    images, labels = digits()
    order = rng.permutation(len(images))
    chosen, left = order[:training], order[training : training + test]
    return images[chosen], labels[chosen], images[left], labels[left]


def trained(candidate, x, y, seed, device="cpu"):
    return candidate.train_digits(torch_tensor(x, device=device), torch_tensor(y, device=device), seed)


def predicted(candidate, model, x, device="cpu"):
    """Logits, if they have the right shape."""
    logits = getattr(candidate, "given:predict")(model, torch_tensor(x, device=device))
    expect.shape(logits, (len(x), 10))
    return expect.array(logits)


def accuracy(candidate, model, x, y, device="cpu"):
    logits = predicted(candidate, model, x, device)
    return float((logits.argmax(axis=1) == y).mean())


def accuracies(candidate, rng, most_parameters, device="cpu"):
    """The share of right test answers for each split, told while they come in."""
    found = []
    for number in range(1, SPLITS + 1):
        x, y, test_x, test_y = split(rng)
        model = trained(candidate, x, y, int(rng.integers(1_000_000)), device)
        keeps_to_the_rules(candidate, model, most_parameters)
        found.append(accuracy(candidate, model, test_x, test_y, device))
        candidate.progress(f"split {number} of {SPLITS}: {found[-1]:.1%} of the test images are right")
    return found


def keeps_to_the_rules(candidate, model, most_parameters=MOST_PARAMETERS):
    about = getattr(candidate, "given:describe")(model)
    expect.that(
        not about["training"],
        "The network that came back is still in training mode, in whole or in part.",
        label="training mode",
    )
    expect.that(
        about["convolutions"] > 0,
        "The network that came back holds no convolution layer of torch.nn.",
        label="no convolution",
    )
    expect.that(
        about["parameters"] <= most_parameters,
        f"The network that came back has more than {most_parameters:,} parameters.",
        label="too many parameters",
    )


@case("400 images: the rules, and better than guessing", visible=True)
def first_look(candidate, rng):
    x, y, test_x, test_y = split(rng, training=400)
    model = trained(candidate, x, y, 1)
    keeps_to_the_rules(candidate, model)
    right = accuracy(candidate, model, test_x, test_y)
    candidate.progress(f"{right:.1%} of the test images are right")
    expect.that(
        right >= 0.85,
        "Less than 85 % of 300 other images are classified correctly.",
        label="learns little",
    )


@case("ValueError for images of another shape")
def wrong_shape(candidate, rng):
    x, y, *_ = split(rng, training=40)
    for images in (x[:, 0], x.reshape(40, 64), x.repeat(3, axis=1), x[:, :, :7], x[:, :, :, 1:], x[:0]):
        expect.raises(
            ValueError, candidate.train_digits, torch_tensor(images), torch_tensor(y[: len(images)]), 0
        )


@case("ValueError for labels that do not fit")
def wrong_labels(candidate, rng):
    x, y, *_ = split(rng, training=40)
    low, high = y.copy(), y.copy()
    low[7], high[30] = -1, 10
    for labels in (y[:-1], np.append(y, 3), np.eye(10, dtype=np.int64)[y], low, high):
        expect.raises(ValueError, candidate.train_digits, torch_tensor(x), torch_tensor(labels), 0)


@case("the same seed gives the same network, another seed another one", points=2)
def reproducible(candidate, rng):
    x, y, test_x, _ = split(rng, training=40, test=20)
    first, other, again = (predicted(candidate, trained(candidate, x, y, seed), test_x) for seed in (3, 4, 3))
    expect.that(
        np.allclose(first, again, rtol=1e-4, atol=1e-4),
        "The same images, labels and seed gave different predictions the second time.",
        label="not reproducible",
    )
    expect.that(
        not np.allclose(first, other, rtol=1e-4, atol=1e-4),
        "Another seed gave the same predictions: the seed is not used.",
        label="seed unused",
    )


@case("a prediction does not depend on the rest of the batch", points=2)
def batch_independence(candidate, rng):
    x, y, test_x, _ = split(rng, training=40, test=30)
    model = trained(candidate, x, y, 5)
    together = predicted(candidate, model, test_x)
    alone = np.concatenate([predicted(candidate, model, test_x[i : i + 1]) for i in range(5)])
    message = "The logits of an image depend on the other images of the batch."
    for found in (predicted(candidate, model, test_x[:15]), alone):
        same = np.allclose(found, together[: len(found)], rtol=1e-3, atol=1e-3)
        expect.that(same, message, label="batch dependence")


@case("images and labels are left as they were")
def inputs(candidate, rng):
    x, y, *_ = split(rng, training=40)
    expect.inputs_unchanged(candidate.train_digits, torch_tensor(x), torch_tensor(y), 6)


@case("training images that come sorted by label", points=2)
def sorted_labels(candidate, rng):
    x, y, test_x, test_y = split(rng)
    order = np.argsort(y, kind="stable")
    model = trained(candidate, x[order], y[order], 7)
    right = accuracy(candidate, model, test_x, test_y)
    candidate.progress(f"{right:.1%} of the test images are right")
    expect.that(
        right >= LEAST,
        f"Trained on images sorted by label, less than {LEAST:.1%} of the test images are right.",
        label="order matters",
    )


@case(f"three splits: {MEAN:.1%} of the test images on average", points=5, devices=("cpu", "cuda"))
def three_splits(candidate, rng, device):
    found = accuracies(candidate, rng, MOST_PARAMETERS, device)
    message = f"On average over {SPLITS} splits, less than {MEAN:.1%} of the test images are right."
    expect.that(np.mean(found) >= MEAN, message, label="accuracy")
    message = f"In one of {SPLITS} splits, less than {LEAST:.1%} of the test images are right."
    expect.that(min(found) >= LEAST, message, label="accuracy")


@case(f"tiny: at most {TINY:,} parameters, and {MEAN:.1%} on average", bonus=True)
def tiny(candidate, rng):
    found = accuracies(candidate, rng, TINY)
    message = f"On average over {SPLITS} splits, less than {MEAN:.1%} of the test images are right."
    expect.that(np.mean(found) >= MEAN, message, label="accuracy")
