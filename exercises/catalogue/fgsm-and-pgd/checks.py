"""Cases for attack: small classifiers whose gradients are known in closed form, attacked in float64.

Signs of gradients are compared, so the gradients must be the same to the last digits where they are near 0:
that is why comparisons are in float64, and only bounds are checked in float32.
"""

from functools import lru_cache

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor
from exercises.modules import method

EXACT = {"rtol": 1e-9, "atol": 1e-9}
NORM = ("norm.weight", "norm.bias", "norm.running_mean", "norm.running_var")


def linear_state(rng, classes=4, pixels=30):
    return {"head.weight": rng.standard_normal((classes, pixels)), "head.bias": rng.standard_normal(classes)}


def digit_state(rng, classes=4, pixels=30, units=12):
    return {
        "hidden.weight": rng.standard_normal((units, pixels)) / np.sqrt(pixels / 4),
        "hidden.bias": rng.uniform(-0.5, 0.5, units),
        "norm.weight": rng.uniform(0.5, 1.5, units),
        "norm.bias": rng.uniform(-0.5, 0.5, units),
        "norm.running_mean": rng.uniform(-0.5, 0.5, units),
        "norm.running_var": rng.uniform(0.5, 1.5, units),
        "head.weight": rng.standard_normal((classes, units)) / 2,
        "head.bias": rng.uniform(-0.5, 0.5, classes),
    }


def hidden(state, x):
    """The units before the ReLU, and what multiplies a gradient on its way through the norm."""
    weight, bias, mean, var = (state[name] for name in NORM)
    scale = weight / np.sqrt(var + 1e-5)
    return (x @ state["hidden.weight"].T + state["hidden.bias"] - mean) * scale + bias, scale


def logits(state, x):
    flat = x.reshape(len(x), -1)
    units = np.maximum(hidden(state, flat)[0], 0) if "hidden.weight" in state else flat
    return units @ state["head.weight"].T + state["head.bias"]


def loss_gradient(state, y):
    """The gradient of the cross-entropy at images, as a function."""

    def at(x):
        back = reference.softmax_cross_entropy(logits(state, x), y)[1] @ state["head.weight"]
        if "hidden.weight" in state:
            units, scale = hidden(state, x.reshape(len(x), -1))
            back = (back * (units > 0) * scale) @ state["hidden.weight"]
        return back.reshape(x.shape)

    return at


def expected(state, x, y, *settings):
    return reference.attack(loss_gradient(state, y), x, *settings)


def a_model(candidate, state, dtype=np.float64, device="cpu"):
    """The model in evaluation mode."""
    name = "DigitNet" if "hidden.weight" in state else "LinearNet"
    tensors = {key: torch_tensor(value.astype(dtype), device=device) for key, value in state.items()}
    model = getattr(candidate, f"given:{name}")(tensors)
    method(model, "eval")()
    return model


def images(rng, count, side=(5, 6)):
    return rng.uniform(0, 1, size=(count, 1, *side))


def agrees(candidate, model, state, x, y, *settings):
    found = candidate.attack(model, torch_tensor(x), torch_tensor(y), *settings)
    expect.close(found, torch_tensor(expected(state, x, y, *settings)), **EXACT)
    expect.dtype(found, np.float64)
    return expect.array(found)


def a_problem(candidate, rng, make=digit_state, count=5):
    """A model of the candidate's, its weights, images and labels."""
    state = make(rng)
    return a_model(candidate, state), state, images(rng, count), rng.integers(0, 4, size=count)


def traces(candidate, model):
    return getattr(candidate, "given:traces")(model)


@lru_cache(maxsize=1)
def trained():
    """A classifier of ten noisy 8x8 patterns: random features and a head fitted by ridge regression."""
    rng = np.random.default_rng(2024)
    patterns = rng.uniform(0.2, 0.8, size=(10, 64))
    labels = np.arange(500) % 10
    x = np.clip(patterns[labels] + 0.1 * rng.standard_normal((500, 64)), 0, 1)
    state = digit_state(rng, 10, 64, 80)
    units = np.maximum(hidden(state, x)[0], 0)
    inputs = np.hstack([units, np.ones((500, 1))])
    fitted = np.linalg.solve(inputs.T @ inputs + np.eye(81), inputs.T @ (8 * np.eye(10)[labels]))
    return patterns, state | {"head.weight": fitted[:80].T, "head.bias": fitted[80]}


def noisy_digits(rng, count):
    labels = rng.integers(0, 10, size=count)
    x = np.clip(trained()[0][labels] + 0.1 * rng.standard_normal((count, 64)), 0, 1)
    return x.reshape(count, 1, 8, 8), labels


def accuracy(state, x, y):
    return float((logits(state, x).argmax(axis=1) == y).mean())


@case("FGSM on a linear model of three pixels", visible=True)
def fgsm_example(candidate, rng):
    state = {"head.weight": np.array([[2.0, -1.0, 0.0], [0.0, 0.0, 0.0]]), "head.bias": np.zeros(2)}
    x = np.full((1, 1, 1, 3), 0.5)
    agrees(candidate, a_model(candidate, state), state, x, np.array([0]), 0.1, 0.1, 1)


@case("steps that are cut by eps and by [0, 1]", visible=True)
def cut_example(candidate, rng):
    state = {"head.weight": np.array([[2.0, -1.0, 0.0], [0.0, 0.0, 0.0]]), "head.bias": np.zeros(2)}
    x, y = np.array([0.05, 0.9, 0.5]).reshape(1, 1, 1, 3), np.array([0])
    model = a_model(candidate, state)
    agrees(candidate, model, state, x, y, 0.15, 0.06, 3)
    agrees(candidate, model, state, x, y, 0.15, 0.06, 3, True)


@case("a negative eps", visible=True)
def negative_eps(candidate, rng):
    model = a_model(candidate, linear_state(rng, 2, 3))
    x, y = torch_tensor(np.full((1, 1, 1, 3), 0.5)), torch_tensor(np.array([0]))
    expect.raises(ValueError, candidate.attack, model, x, y, -0.1, 0.1, 1)


@case("one step of eps is FGSM", points=2)
def fgsm(candidate, rng):
    for make in (linear_state, digit_state):
        problem = a_problem(candidate, rng, make)
        for eps in (0.01, 0.2):
            agrees(candidate, *problem, eps, eps, 1)


@case("several steps follow new gradients", points=3)
def pgd(candidate, rng):
    problem = a_problem(candidate, rng)
    for settings in ((0.5, 0.05, 3), (0.3, 0.1, 8), (0.5, 0.2, 7)):
        agrees(candidate, *problem, *settings)


@case("steps larger than eps, an eps of 0, and steps of size 0")
def odd_steps(candidate, rng):
    problem = a_problem(candidate, rng)
    for settings in ((0.1, 0.4, 1), (0.1, 0.4, 3), (0.0, 0.1, 2), (0.1, 0.0, 2)):
        agrees(candidate, *problem, *settings)


@case("targeted attacks descend", points=2)
def targeted(candidate, rng):
    problem = a_problem(candidate, rng)
    for settings in ((0.1, 0.1, 1), (0.4, 0.07, 6)):
        agrees(candidate, *problem, *settings, True)
    agrees(candidate, *problem, 0.1, 0.1, 1, False)


@case("no pixel changes by more than eps or leaves [0, 1]", points=2)
def bounds(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    x = x.round()
    x[:, :, ::2] = 0.98
    for eps, alpha, steps in ((0.15, 0.1, 5), (0.5, 0.3, 4)):
        found = agrees(candidate, model, state, x, y, eps, alpha, steps)
        expect.that(np.abs(found - x).max() <= eps + 1e-9, "A pixel changed by more than eps.", label="eps")
        inside = found.min() >= 0 and found.max() <= 1
        expect.that(inside, "A value is not in [0, 1].", label="range")


@case("a linear model loses eps times the sum of its weights", points=2)
def linear_margin(candidate, rng):
    state = linear_state(rng, classes=2)
    model, x = a_model(candidate, state), rng.uniform(0.3, 0.7, size=(4, 1, 5, 6))
    y = np.array([0, 1, 1, 0])
    found = agrees(candidate, model, state, x, y, 0.2, 0.2, 1)
    rows = np.arange(4)
    margins = [values[rows, y] - values[rows, 1 - y] for values in (logits(state, x), logits(state, found))]
    lost = 0.2 * np.abs(state["head.weight"][0] - state["head.weight"][1]).sum()
    right = bool(np.allclose(margins[0] - margins[1], lost, rtol=1e-6))
    expect.that(right, "The margin does not fall by eps times the 1-norm of the weights.", label="margin")


@case("pixels that do not matter stay")
def idle_pixels(candidate, rng):
    state = digit_state(rng)
    state["hidden.weight"][:, ::3] = 0
    model, x = a_model(candidate, state), images(rng, 4)
    y = rng.integers(0, 4, size=4)
    agrees(candidate, model, state, x, y, 0.2, 0.06, 4)


@case("misclassified images are attacked by their labels")
def misclassified(candidate, rng):
    state = digit_state(rng)
    model, x = a_model(candidate, state), images(rng, 6)
    agrees(candidate, model, state, x, logits(state, x).argmin(axis=1), 0.3, 0.1, 4)


@case("an image's attack does not depend on the rest of the batch")
def batch_mates(candidate, rng):
    model, state, x, y = a_problem(candidate, rng, count=4)
    agrees(candidate, model, state, x, y, 0.2, 0.06, 4)
    agrees(candidate, model, state, x[1:2], y[1:2], 0.2, 0.06, 4)


@case("the accuracy on digits falls, and by PGD at least as far as by FGSM", points=3)
def digits(candidate, rng):
    state = trained()[1]
    model, (x, y) = a_model(candidate, state), noisy_digits(rng, 100)
    one = agrees(candidate, model, state, x, y, 0.12, 0.12, 1)
    many = agrees(candidate, model, state, x, y, 0.12, 0.03, 10)
    clean, fast, strong = (accuracy(state, values, y) for values in (x, one, many))
    candidate.progress(f"accuracy {clean:.2f}, under FGSM {fast:.2f}, under PGD {strong:.2f}")
    expect.that(strong <= fast + 0.01, "PGD is weaker than FGSM.", label="PGD")
    expect.that(strong < clean, "The attack does not lower the accuracy.", label="accuracy")


@case("float32 images stay within the bounds", points=2, devices=("cpu", "cuda"))
def single_precision(candidate, rng, device):
    state = trained()[1]
    model = a_model(candidate, state, np.float32, device)
    x, y = noisy_digits(rng, 40)
    x = x.astype(np.float32)
    sent = (torch_tensor(x, device=device), torch_tensor(y, device=device))
    for settings in ((0.12, 0.12, 1), (0.12, 0.03, 8)):
        found = candidate.attack(model, *sent, *settings)
        expect.shape(found, x.shape)
        expect.dtype(found, np.float32)
        expect.device(found, device)
        values = expect.array(found)
        expect.that(np.abs(values - x).max() <= settings[0] + 1e-6, "A pixel changed by more than eps.")
        expect.that(values.min() >= 0 and values.max() <= 1, "A value is not in [0, 1].")
        lower = (
            accuracy(state, values.astype(np.float64), y) <= accuracy(state, x.astype(np.float64), y) - 0.2
        )
        expect.that(lower, "The attack hardly lowers the accuracy.", label="accuracy")


@case("the model is attacked in evaluation mode", points=2)
def training_mode(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    method(model.norm, "train")()
    agrees(candidate, model, state, x, y, 0.2, 0.06, 3)
    method(model, "train")()
    agrees(candidate, model, state, x, y, 0.2, 0.06, 3)


@case("modes, statistics and gradients are as before", points=3)
def restored(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    for mode in ("eval", "train"):
        method(model, mode)()
        before = traces(candidate, model)
        candidate.attack(model, torch_tensor(x), torch_tensor(y), 0.2, 0.06, 3)
        expect.equal(traces(candidate, model), before, label="the model afterwards")


@case("a model that is partly in training", points=2)
def mixed_modes(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    for mode, part in (("train", "eval"), ("eval", "train")):
        method(model, mode)()
        method(model.dropout, part)()
        before = traces(candidate, model)
        candidate.attack(model, torch_tensor(x), torch_tensor(y), 0.2, 0.06, 2)
        expect.equal(traces(candidate, model), before, label="the model afterwards")


@case("gradients of a training step are kept", points=2)
def kept_gradients(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    getattr(candidate, "given:learn")(model, torch_tensor(x))
    before = traces(candidate, model)
    agrees(candidate, model, state, x, y, 0.2, 0.06, 3)
    expect.equal(traces(candidate, model), before, label="the model afterwards")


@case("a frozen model")
def frozen(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    getattr(candidate, "given:freeze")(model)
    before = traces(candidate, model)
    agrees(candidate, model, state, x, y, 0.2, 0.06, 3)
    expect.equal(traces(candidate, model), before, label="the model afterwards")


@case("the images and labels are left as they were", points=2)
def untouched(candidate, rng):
    model, _, x, y = a_problem(candidate, rng)
    sent = (torch_tensor(x), torch_tensor(y))
    _, after = candidate.attack.with_inputs(model, *sent, 0.2, 0.06, 2)
    expect.equal(after[1], sent[0], label="x changed")
    expect.equal(after[2], sent[1], label="y changed")


@case("whether the images require a gradient stays as it was")
def same_flag(candidate, rng):
    model, _, x, y = a_problem(candidate, rng)
    for wanted in (False, True):
        sent = torch_tensor(x, requires_grad=wanted)
        _, after = candidate.attack.with_inputs(model, sent, torch_tensor(y), 0.2, 0.06, 2)
        kept = after[1].requires_grad == wanted
        expect.that(kept, "The images' requires_grad changed.", label="requires_grad of x")


@case("nothing is left to chance")
def repeatable(candidate, rng):
    model, _, x, y = a_problem(candidate, rng)
    sent = (torch_tensor(x), torch_tensor(y))
    first, second = (candidate.attack(model, *sent, 0.2, 0.06, 2) for _ in range(2))
    expect.equal(second, first, label="repeatable")


@case("the result records no gradient")
def no_gradient(candidate, rng):
    model, state, x, y = a_problem(candidate, rng)
    found = candidate.attack(model, torch_tensor(x), torch_tensor(y), 0.2, 0.06, 2)
    expect.close(found, torch_tensor(expected(state, x, y, 0.2, 0.06, 2)), **EXACT)
    expect.that(not found.requires_grad, "The result requires a gradient.", label="gradient recorded")


@case("ValueError for negative eps or alpha, or less than one step", points=2)
def bad_settings(candidate, rng):
    model, _, x, y = a_problem(candidate, rng)
    for settings in (
        (-0.1, 0.1, 1),
        (-1e-6, 0.1, 3),
        (0.1, -0.1, 1),
        (0.1, -1e-6, 2),
        (0.1, 0.1, 0),
        (0.1, 0.1, -2),
    ):
        expect.raises(ValueError, candidate.attack, model, torch_tensor(x), torch_tensor(y), *settings)
