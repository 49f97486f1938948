"""Cases for prepare_finetune: modes, statistics and weights after training loops, against NumPy.

The images are ten smooth 8x8 patterns with noise. The backbone has random convolutions and batch norm
statistics measured on images of the first five patterns; the head is trained on the other five.
"""

from functools import lru_cache

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

NORMS = ("backbone.0.1", "backbone.1.1", "backbone.4")
HEAD = ["head.2.bias", "head.2.weight"]
HEAD_WITH_NORM = ["head.0.bias", "head.0.weight", *HEAD]
LR, STEPS, FLOOR = 0.05, 20, 0.7  # SGD without momentum reaches 0.90 with a standard deviation of 0.02


def patterns(rng):
    """Ten patterns (10, 1, 8, 8), each a random coarse picture, smoothed."""
    coarse = rng.standard_normal((10, 4, 4)).repeat(2, axis=1).repeat(2, axis=2)
    padded = np.pad(coarse, ((0, 0), (1, 1), (1, 1)), mode="edge")
    return sum(padded[:, a : a + 8, b : b + 8] for a in range(3) for b in range(3))[:, None] / 9


def digits(rng, labels):
    noise = 0.7 * rng.standard_normal((len(labels), 1, 8, 8))
    return (stored()["patterns"][labels] + noise).astype(np.float32)


def some_digits(rng, count):
    return digits(rng, rng.integers(0, 10, size=count))


def normalised(state, name, x):
    parts = ("weight", "bias", "running_mean", "running_var")
    values = [state[f"{name}.{part}"] for part in parts]
    return reference.batch_norm(x, *values, training=False)[0]


def features(state, x, depth=3):
    """What the backbone makes of x in evaluation mode, up to the batch norm with this number."""
    y = reference.conv2d(x, state["0.0.weight"], padding=1)
    if depth == 1:
        return y
    y = np.maximum(normalised(state, "0.1", y), 0)
    y = reference.conv2d(y, state["1.0.weight"], stride=2, padding=1)
    if depth == 2:
        return y
    y = np.maximum(normalised(state, "1.1", y), 0)
    return y.reshape(len(y), 12, 2, 2, 2, 2).mean(axis=(3, 5)).reshape(len(y), 48, 1, 1)


@lru_cache(maxsize=1)
def stored():
    """The patterns and the state of the backbone, in float64 but with float32 values."""
    rng = np.random.default_rng(20241)
    means = patterns(rng)
    x = means[np.arange(300) % 5] + 0.7 * rng.standard_normal((300, 1, 8, 8))
    state = {
        "0.0.weight": rounded(rng.standard_normal((6, 1, 3, 3)) / 2),
        "1.0.weight": rounded(rng.standard_normal((12, 6, 3, 3)) / 5),
    }
    for depth, name in ((1, "0.1"), (2, "1.1"), (3, "4")):
        y = features(state, x, depth)
        channels = y.shape[1]
        state |= {
            f"{name}.weight": rounded(rng.uniform(0.7, 1.5, channels)),
            f"{name}.bias": rounded(rng.uniform(-0.3, 0.3, channels)),
            f"{name}.running_mean": rounded(y.mean(axis=(0, 2, 3))),
            f"{name}.running_var": rounded(y.var(axis=(0, 2, 3))),
            f"{name}.num_batches_tracked": np.array(40),
        }
    return {"patterns": means, "state": state}


def rounded(value):
    return value.astype(np.float32).astype(np.float64)


def backbone_state(device="cpu"):
    """The state as it is sent, and as it has to come back."""
    return {
        name: torch_tensor(value if value.dtype.kind == "i" else value.astype(np.float32), device=device)
        for name, value in stored()["state"].items()
    }


def given(candidate, name):
    return getattr(candidate, f"given:{name}")


def loaded(candidate, device="cpu", **settings):
    return given(candidate, "load")(backbone_state(device), **settings)


def trained(candidate, model, optimizer, rng, steps, count=12, device="cpu"):
    x, labels = some_digits(rng, count), rng.integers(0, 10, size=count)
    tensors = [torch_tensor(value, device=device) for value in (x, labels)]
    given(candidate, "train")(model, optimizer, *tensors, steps)


def state_of(candidate, module):
    state = given(candidate, "state")(module)
    expect.that(isinstance(state, dict) and bool(state), "A part of the model has lost its state.")
    return state


def backbone_as_stored(candidate, model):
    """Every parameter and buffer, bit for bit and under its name."""
    expect.equal(state_of(candidate, model.backbone), backbone_state(), label="backbone state")


def norms_evaluating(candidate, model):
    modes = given(candidate, "modes")(model)
    training = [name for name, mode in modes.items() if name.startswith("backbone") and mode]
    expect.that(
        not set(NORMS) & set(training), "A batch norm of the backbone trains.", label="backbone norms"
    )
    return modes


def head_in_mode(modes, training):
    heads = {name: mode for name, mode in modes.items() if name.startswith("head")}
    wanted = dict.fromkeys(heads, training)
    expect.that(
        bool(heads) and heads == wanted, "A part of the head is in the wrong mode.", label="head mode"
    )


@case("what the optimizer holds", visible=True)
def held(candidate, rng):
    model = loaded(candidate)
    optimizer = candidate.prepare_finetune(model, 0.01)
    expect.equal(given(candidate, "optimised")(model, optimizer), HEAD, label="optimised parameters")
    rates = given(candidate, "rates")(optimizer)
    expect.that(
        set(rates) == {0.01}, "The learning rate is not the one that was given.", label="learning rate"
    )


@case("the modes after one batch and model.train()", visible=True)
def after_train(candidate, rng):
    model = loaded(candidate)
    candidate.prepare_finetune(model, 0.01)
    given(candidate, "logits")(model, torch_tensor(some_digits(rng, 2)))
    after_one_batch = state_of(candidate, model.backbone)
    model.train()
    head_in_mode(norms_evaluating(candidate, model), True)
    expect.equal(after_one_batch, backbone_state(), label="backbone state")


@case("a learning rate of 0", visible=True)
def zero_rate(candidate, rng):
    expect.raises(ValueError, candidate.prepare_finetune, loaded(candidate), 0.0)


@case("the backbone is bit for bit the same after 20 steps", points=3, devices=("cpu", "cuda"))
def twenty_steps(candidate, rng, device):
    model = loaded(candidate, device)
    optimizer = candidate.prepare_finetune(model, LR)
    trained(candidate, model, optimizer, rng, 20, device=device)
    backbone_as_stored(candidate, model)


@case("what requires a gradient", points=2)
def recording(candidate, rng):
    for frozen in (False, True):
        model = loaded(candidate, head_norm=True)
        if frozen:
            given(candidate, "freeze")(model)
        optimizer = candidate.prepare_finetune(model, LR)
        found = given(candidate, "recording")(model)
        wanted = {name: name.startswith("head") for name in found}
        expect.equal(found, wanted, label="requires_grad")
        expect.equal(
            given(candidate, "optimised")(model, optimizer), HEAD_WITH_NORM, label="optimised parameters"
        )


@case("the learning rate that was given")
def rates(candidate, rng):
    for lr in (float(rng.uniform(0.1, 0.9)), 3.0, 1e-9):
        model = loaded(candidate)
        found = given(candidate, "rates")(candidate.prepare_finetune(model, lr))
        right = bool(found) and all(abs(rate - lr) <= 1e-6 * lr for rate in found)
        expect.that(right, "The learning rate is not the one that was given.", label="learning rate")


@case("the modes after any calls of train() and eval()", points=3)
def modes(candidate, rng):
    for settings in ({}, {"head_norm": True}):
        model = loaded(candidate, **settings)
        candidate.prepare_finetune(model, LR)
        norms_evaluating(candidate, model)
        for mode in (True, False, True, True):
            model.train(mode)
            head_in_mode(norms_evaluating(candidate, model), mode)
        model.eval()
        head_in_mode(norms_evaluating(candidate, model), False)
        model.train()
        head_in_mode(norms_evaluating(candidate, model), True)


@case("other backbones: one batch norm, a batch norm over volumes", points=2)
def other_backbones(candidate, rng):
    for name, shape in (("video", (6, 1, 3, 3, 3)), ("bare", (6, 4))):
        model = given(candidate, name)()
        before = state_of(candidate, model.backbone)
        candidate.prepare_finetune(model, LR)
        given(candidate, "logits")(model, torch_tensor(rng.standard_normal(shape).astype(np.float32)), True)
        expect.equal(state_of(candidate, model.backbone), before, label="backbone state")


def exact_logits(candidate, model, x):
    """Logits of the stored backbone and the model's own linear layer, in NumPy."""
    state = stored()["state"]
    inner = normalised(state, "4", features(state, x.astype(np.float64))).reshape(len(x), 48)
    head = {name: expect.array(value) for name, value in state_of(candidate, model.head).items()}
    return torch_tensor(inner @ head["2.weight"].T + head["2.bias"])


@case("before any call of train() the backbone is in evaluation mode", points=2)
def at_once(candidate, rng):
    model = loaded(candidate, dropout=0.0)
    candidate.prepare_finetune(model, LR)
    x = some_digits(rng, 7)
    logits = given(candidate, "logits")(model, torch_tensor(x))
    backbone_as_stored(candidate, model)
    expect.close(logits, exact_logits(candidate, model, x), rtol=1e-4, atol=1e-4, label="logits at once")


@case("in training mode the backbone normalises with its statistics", points=3, devices=("cpu", "cuda"))
def stored_statistics(candidate, rng, device):
    model = loaded(candidate, device, dropout=0.0)
    candidate.prepare_finetune(model, LR)
    x = some_digits(rng, 7)
    wanted = exact_logits(candidate, model, x)
    for training in (True, False):
        logits = given(candidate, "logits")(model, torch_tensor(x, device=device), training)
        expect.close(logits, wanted, rtol=1e-4, atol=1e-4, label="logits")
        expect.device(logits, device)


@case("the dropout of the head drops while training, and only then", points=2)
def dropout(candidate, rng):
    model = loaded(candidate)
    optimizer = candidate.prepare_finetune(model, LR)
    trained(candidate, model, optimizer, rng, 2)
    x = torch_tensor(some_digits(rng, 8))
    for training in (True, False, True):
        one, other = (expect.array(given(candidate, "logits")(model, x, training)) for _ in range(2))
        message = "Two training passes agree." if training else "Two evaluation passes differ."
        expect.that((one != other).any() == training, message, label="dropout of the head")


@case("the batch norm of the head learns its statistics", points=2)
def head_norm(candidate, rng):
    model = loaded(candidate, head_norm=True)
    optimizer = candidate.prepare_finetune(model, LR)
    before = state_of(candidate, model.head)
    trained(candidate, model, optimizer, rng, 3)
    after = state_of(candidate, model.head)
    for name in ("0.running_mean", "0.running_var", "0.weight", "0.bias", "2.weight", "2.bias"):
        moved = (expect.array(after[name]) != expect.array(before[name])).any()
        expect.that(moved, "A part of the head does not change while training.", label="head learns")
    given(candidate, "logits")(model, torch_tensor(some_digits(rng, 5)), False)
    expect.equal(state_of(candidate, model.head), after, label="head state")
    backbone_as_stored(candidate, model)


@case("the call itself changes no value")
def no_value(candidate, rng):
    model = loaded(candidate, head_norm=True)
    before = state_of(candidate, model)
    candidate.prepare_finetune(model, LR)
    expect.equal(state_of(candidate, model), before, label="values")


@case("other models are left alone", points=2)
def others(candidate, rng):
    other = loaded(candidate)
    candidate.prepare_finetune(loaded(candidate), LR)
    for model in (other, loaded(candidate)):
        model.train()
        found = given(candidate, "modes")(model)
        expect.that(all(found.values()), "A model that was not passed in has changed.", label="other models")


@case("the head learns five new classes", points=2)
def accuracy(candidate, rng):
    model = loaded(candidate)
    optimizer = candidate.prepare_finetune(model, LR)
    labels = 5 + np.arange(50) % 5
    given(candidate, "train")(
        model, optimizer, torch_tensor(digits(rng, labels)), torch_tensor(labels), STEPS
    )
    labels = 5 + np.arange(200) % 5
    logits = expect.array(given(candidate, "logits")(model, torch_tensor(digits(rng, labels)), False))
    expect.shape(logits, (200, 10))
    share = (logits.argmax(axis=1) == labels).mean()
    expect.that(share >= FLOOR, "The head has not learned the new classes.", label="accuracy")


@case("ValueError without a backbone, without a head, and for a bad rate", points=2)
def bad_input(candidate, rng):
    for name in ("backbone", "head"):
        model = given(candidate, "without")(loaded(candidate), name)
        expect.raises(ValueError, candidate.prepare_finetune, model, LR)
    for lr in (0.0, -1e-9, -0.5):
        expect.raises(ValueError, candidate.prepare_finetune, loaded(candidate), lr)


@case("bad input changes nothing", points=2)
def bad_input_first(candidate, rng):
    for lr, lost in ((0.0, None), (-1.0, None), (LR, "head"), (LR, "backbone")):
        model = loaded(candidate)
        if lost:
            model = given(candidate, "without")(model, lost)
        expect.raises(ValueError, candidate.prepare_finetune, model, lr)
        found = given(candidate, "recording")(model)
        expect.that(
            all(found.values()), "A refused call has frozen parameters.", label="frozen by a refused call"
        )
        model.train()
        modes = given(candidate, "modes")(model)
        expect.that(all(modes.values()), "A refused call has changed modes.", label="modes of a refused call")
