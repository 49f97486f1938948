"""Cases for fix_inference: a broken server against the stored model, computed here in NumPy.

The images are ten smooth 8x8 patterns with noise. The stored model has random convolutions, batch norm
statistics measured on 600 training images and a head fitted by ridge regression, all from a fixed seed.
"""

from functools import lru_cache

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

TOLERANCE = {"rtol": 1e-4, "atol": 1e-4}


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


def bn(state, name, x):
    values = [state[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    return np.maximum(reference.batch_norm(x, *values, training=False)[0], 0)


def measured(name, x, rng):
    """Batch norm parameters and statistics for activations x."""
    channels = x.shape[1]
    return {
        f"{name}.weight": rng.uniform(0.7, 1.5, channels),
        f"{name}.bias": rng.uniform(-0.3, 0.3, channels),
        f"{name}.running_mean": x.mean(axis=(0, 2, 3)),
        f"{name}.running_var": x.var(axis=(0, 2, 3)),
        f"{name}.num_batches_tracked": np.array(600),
    }


def first_conv(state, x):
    return reference.conv2d(x, state["features.0.weight"], padding=1)


def second_conv(state, x):
    inner = bn(state, "features.1", first_conv(state, x))
    return reference.conv2d(inner, state["features.3.weight"], stride=2, padding=1)


def features(state, x):
    y = bn(state, "features.4", second_conv(state, x))
    return y.reshape(len(y), 12, 2, 2, 2, 2).mean(axis=(3, 5)).reshape(len(y), 48)


def in_evaluation(x):
    """Logits of the stored model."""
    state = stored()["state"]
    return features(state, x.astype(np.float64)) @ state["head.weight"].T + state["head.bias"]


@lru_cache(maxsize=1)
def stored():
    """The patterns and the state of the trained model, in float64 but with float32 values."""
    rng = np.random.default_rng(20240)
    means = patterns(rng)
    labels = np.arange(600) % 10
    x = means[labels] + 0.7 * rng.standard_normal((600, 1, 8, 8))
    state = {"features.0.weight": rng.standard_normal((6, 1, 3, 3)) / 2}
    state |= measured("features.1", first_conv(state, x), rng)
    state["features.3.weight"] = rng.standard_normal((12, 6, 3, 3)) / 5
    state |= measured("features.4", second_conv(state, x), rng)
    inputs = np.hstack([features(state, x), np.ones((600, 1))])
    targets = 4.0 * np.eye(10)[labels]
    fitted = np.linalg.solve(inputs.T @ inputs + np.eye(49), inputs.T @ targets)
    state |= {"head.weight": fitted[:48].T, "head.bias": fitted[48]}
    return {"patterns": means, "state": {name: rounded(value) for name, value in state.items()}}


def rounded(value):
    return value if value.dtype.kind == "i" else value.astype(np.float32).astype(np.float64)


def as_sent(value, device):
    return torch_tensor(value if value.dtype.kind == "i" else value.astype(np.float32), device=device)


def server_for(candidate, hotfix=False, device="cpu"):
    checkpoint = {name: as_sent(value, device) for name, value in stored()["state"].items()}
    return getattr(candidate, "given:Server")(checkpoint, hotfix=hotfix)


def sorted_traffic(rng, server, requests=4, device="cpu"):
    """Requests whose images all show one digit: the worst that can happen to statistics."""
    for digit in range(requests):
        server.predict(torch_tensor(digits(rng, np.full(8, digit)), device=device))


def fixed(candidate, server, x, device="cpu"):
    """Repair, compare with the stored model, and give the logits."""
    logits = candidate.fix_inference(server, torch_tensor(x, device=device))
    expect.close(logits, torch_tensor(in_evaluation(x)), **TOLERANCE)
    expect.device(logits, device)
    return logits


def all_evaluating(server):
    modes = server.modes()
    expect.equal(modes, dict.fromkeys(modes, False))


def as_stored(values):
    """Weights or statistics equal the checkpoint's, whatever of it they name."""
    expect.that(isinstance(values, dict) and values, "The model has no weights or statistics left.")
    state = stored()["state"]
    wanted = {name: torch_tensor(state[name]) for name in values if name in state}
    expect.close(values, wanted, rtol=1e-6, atol=1e-6)


@case("one image for a fresh server", visible=True)
def one_image(candidate, rng):
    server = server_for(candidate)
    fixed(candidate, server, digits(rng, np.array([3])))


@case("no module is left in training mode", visible=True)
def modes(candidate, rng):
    server = server_for(candidate)
    fixed(candidate, server, digits(rng, np.array([7, 1])))
    all_evaluating(server)


@case("an empty batch", visible=True)
def empty_batch(candidate, rng):
    server = server_for(candidate)
    expect.raises(
        ValueError, candidate.fix_inference, server, torch_tensor(np.ones((0, 1, 8, 8), np.float32))
    )


@case("the stored model's logits for a fresh server", points=2, devices=("cpu", "cuda"))
def fresh_server(candidate, rng, device):
    for count in (1, 5, 32):
        server = server_for(candidate, device=device)
        fixed(candidate, server, some_digits(rng, count), device)


@case("an image's logits are the same in every batch", points=2)
def batch_mates(candidate, rng):
    server = server_for(candidate)
    x = some_digits(rng, 12)
    together = expect.array(fixed(candidate, server, x))
    for index in range(len(x)):
        alone = expect.array(fixed(candidate, server, x[index : index + 1]))
        expect.close(alone, together[index : index + 1], rtol=0, atol=1e-5)
    mates = np.concatenate([x[:1], digits(rng, np.full(9, 4))])
    expect.close(expect.array(fixed(candidate, server, mates))[:1], together[:1], rtol=0, atol=1e-5)


@case("the same request twice gives identical logits", points=2)
def twice(candidate, rng):
    server = server_for(candidate)
    x = some_digits(rng, 6)
    first, second = fixed(candidate, server, x), fixed(candidate, server, x)
    expect.equal(second, first)


@case("a server whose statistics were overwritten by traffic", points=3, devices=("cpu", "cuda"))
def after_traffic(candidate, rng, device):
    server = server_for(candidate, device=device)
    sorted_traffic(rng, server, device=device)
    fixed(candidate, server, some_digits(rng, 10), device)
    as_stored(server.statistics())


@case("a server with the hotfix, after traffic", points=3, devices=("cpu", "cuda"))
def after_hotfix(candidate, rng, device):
    server = server_for(candidate, hotfix=True, device=device)
    sorted_traffic(rng, server, device=device)
    fixed(candidate, server, some_digits(rng, 10), device)
    all_evaluating(server)


@case("every module is in evaluation mode afterwards", points=2)
def evaluating(candidate, rng):
    for hotfix in (False, True):
        server = server_for(candidate, hotfix)
        candidate.fix_inference(server, torch_tensor(some_digits(rng, 4)))
        all_evaluating(server)


@case("statistics stay as stored over thirty requests", points=2)
def thirty_requests(candidate, rng):
    server = server_for(candidate)
    requests = [torch_tensor(digits(rng, np.full(2, digit))) for digit in range(4)]
    for number in range(30):
        candidate.fix_inference(server, requests[number % 4])
        if number in (0, 9, 29):
            as_stored(server.statistics())


@case("the server stays repaired", points=2)
def stays_repaired(candidate, rng):
    server = server_for(candidate)
    sorted_traffic(rng, server, requests=2)
    fixed(candidate, server, some_digits(rng, 3))
    for count in (1, 4, 9):
        x = some_digits(rng, count)
        expect.close(server.predict(torch_tensor(x)), torch_tensor(in_evaluation(x)), **TOLERANCE)
    all_evaluating(server)


@case("accuracy on class-sorted requests", points=2)
def accuracy(candidate, rng):
    server = server_for(candidate)
    labels = np.arange(10).repeat(40)
    x = digits(rng, labels)
    guesses = []
    for start in range(0, 400, 8):
        logits = expect.array(candidate.fix_inference(server, torch_tensor(x[start : start + 8])))
        expect.shape(logits, (8, 10))
        guesses.append(logits.argmax(axis=1))
    share = float((np.concatenate(guesses) == labels).mean())
    wanted = float((in_evaluation(x).argmax(axis=1) == labels).mean())
    expect.that(abs(share - wanted) <= 0.005, "The accuracy is not that of the stored model.")


@case("no gradient is recorded")
def no_gradient(candidate, rng):
    x = some_digits(rng, 3)
    for requires_grad in (False, True):
        server = server_for(candidate)
        logits = candidate.fix_inference(server, torch_tensor(x, requires_grad))
        expect.close(logits, torch_tensor(in_evaluation(x)), **TOLERANCE)
        recorded = getattr(logits, "requires_grad", False)
        expect.that(not recorded, "The logits require a gradient.", label="gradient recorded")


@case("the weights are those of the checkpoint, the input is left as it was")
def nothing_retrained(candidate, rng):
    server = server_for(candidate)
    x = torch_tensor(some_digits(rng, 5))
    _, after = candidate.fix_inference.with_inputs(server, x)
    expect.equal(after[1], x, label="x changed")
    as_stored(server.weights())


@case("ValueError for an empty batch, wrong channels or wrong axes", points=2)
def bad_input(candidate, rng):
    server = server_for(candidate)
    for shape in ((0, 1, 8, 8), (2, 3, 8, 8), (4, 0, 8, 8), (1, 8, 8), (4, 1, 8), (8, 8)):
        x = torch_tensor(rng.standard_normal(shape).astype(np.float32))
        expect.raises(ValueError, candidate.fix_inference, server, x)


@case("bad input changes nothing of the server", points=2)
def bad_input_first(candidate, rng):
    for shape in ((0, 1, 8, 8), (2, 3, 8, 8)):
        server = server_for(candidate)
        sorted_traffic(rng, server, requests=2)
        modes, statistics = server.modes(), server.statistics()
        x = torch_tensor(rng.standard_normal(shape).astype(np.float32))
        expect.raises(ValueError, candidate.fix_inference, server, x)
        expect.equal(server.modes(), modes)
        expect.equal(server.statistics(), statistics)
