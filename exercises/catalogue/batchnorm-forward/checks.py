"""Cases for BatchNorm2d, against the formulas of the statement in float64."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

STATE = ("gamma", "beta", "running_mean", "running_var")


def both(candidate, rng, channels, randomised=True, **settings):
    """The candidate's layer and the reference's, with the same state."""
    layer, model = candidate.BatchNorm2d(channels, **settings), reference.BatchNorm2d(channels, **settings)
    if randomised:
        model.gamma, model.beta = rng.uniform(0.5, 2, channels), rng.standard_normal(channels)
        model.running_mean, model.running_var = rng.standard_normal(channels), rng.uniform(0.5, 3, channels)
        for name in STATE:
            setattr(layer, name, getattr(model, name))
    return layer, model


def same_state(layer, model, rtol=1e-9):
    for name in STATE:
        expect.close(getattr(layer, name), getattr(model, name), rtol=rtol, atol=1e-9, label=name)


def images(rng, *shape):
    """Every channel with a mean and a spread of its own."""
    channels = shape[1]
    spread, centre = rng.uniform(0.5, 3, (channels, 1, 1)), rng.uniform(-4, 4, (channels, 1, 1))
    return rng.standard_normal(shape) * spread + centre


SMALL = np.array([1.0, 2.0, 3.0, 6.0]).reshape(1, 1, 2, 2)


@case("four values in training mode", visible=True)
def four_values(candidate, rng):
    layer, model = both(candidate, rng, 1, randomised=False)
    expect.close(layer.forward(SMALL, True), model.forward(SMALL, True))
    same_state(layer, model)


@case("the same values in evaluation mode", visible=True)
def four_values_evaluated(candidate, rng):
    layer, model = both(candidate, rng, 1, randomised=False)
    layer.forward(SMALL, True), model.forward(SMALL, True)
    expect.close(layer.forward(SMALL, False), model.forward(SMALL, False))


@case("gamma, beta, a larger eps and two channels", visible=True)
def affine(candidate, rng):
    x = np.arange(16.0).reshape(2, 2, 2, 2) % 7
    layer, model = both(candidate, rng, 2, randomised=False, eps=0.5)
    for module in (layer, model):
        module.gamma, module.beta = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    expect.close(layer.forward(x, True), model.forward(x, True))


@case("a fresh layer")
def fresh(candidate, rng):
    layer, model = both(candidate, rng, 5, randomised=False)
    same_state(layer, model)
    x = images(rng, 3, 5, 4, 4)
    expect.close(layer.forward(x, False), model.forward(x, False))


@case("training output has mean 0 and biased variance 1 in each channel", points=2)
def normalised(candidate, rng):
    layer = candidate.BatchNorm2d(3, eps=1e-12)
    x = images(rng, 2, 3, 2, 3)
    y = expect.array(layer.forward(x, True))
    expect.shape(y, x.shape)
    expect.close(y.mean(axis=(0, 2, 3)), np.zeros(3), rtol=0, atol=1e-9, label="mean of the output")
    expect.close(y.var(axis=(0, 2, 3)), np.ones(3), rtol=0, atol=1e-9, label="variance of the output")


@case("training output", points=2)
def training(candidate, rng):
    for shape in ((4, 3, 5, 6), (2, 1, 1, 1), (1, 4, 3, 1), (7, 2, 1, 1)):
        layer, model = both(candidate, rng, shape[1], eps=float(rng.uniform(1e-3, 1e-1)))
        x = images(rng, *shape)
        expect.close(layer.forward(x, True), model.forward(x, True))


@case("running values after one small batch", points=2)
def one_update(candidate, rng):
    layer, model = both(candidate, rng, 3, momentum=0.2)
    x = images(rng, 2, 3, 1, 2)
    layer.forward(x, True), model.forward(x, True)
    same_state(layer, model)


@case("running values after ten batches", points=2)
def ten_updates(candidate, rng):
    layer, model = both(candidate, rng, 4, randomised=False)
    for _ in range(10):
        x = images(rng, int(rng.integers(1, 5)), 4, int(rng.integers(2, 4)), 3)
        expect.close(layer.forward(x, True), model.forward(x, True))
    same_state(layer, model)
    x = images(rng, 2, 4, 3, 3)
    expect.close(layer.forward(x, False), model.forward(x, False))


@case("evaluation uses the running values", points=2)
def evaluation(candidate, rng):
    layer, model = both(candidate, rng, 3, eps=1e-2)
    x = images(rng, 4, 3, 5, 2)
    expect.close(layer.forward(x, False), model.forward(x, False))


@case("in evaluation an image does not depend on the others", points=2)
def independent(candidate, rng):
    layer, _ = both(candidate, rng, 3)
    x = images(rng, 6, 3, 4, 4)
    together = expect.array(layer.forward(x, False))
    expect.shape(together, x.shape)
    for index in range(len(x)):
        alone = layer.forward(x[index : index + 1], False)
        expect.close(alone, together[index : index + 1], rtol=1e-12, atol=1e-12)


@case("evaluation changes nothing", points=2)
def evaluation_is_pure(candidate, rng):
    layer, model = both(candidate, rng, 3)
    for _ in range(3):
        layer.forward(images(rng, 2, 3, 3, 3), False)
    same_state(layer, model)


@case("gamma and beta act in both modes", points=2)
def affine_in_both_modes(candidate, rng):
    layer, model = both(candidate, rng, 4)
    x = images(rng, 3, 4, 4, 2)
    for mode in (False, True, False):
        expect.close(layer.forward(x, mode), model.forward(x, mode))


@case("a constant channel gives beta")
def constant(candidate, rng):
    layer, model = both(candidate, rng, 2)
    x = images(rng, 3, 2, 4, 4)
    x[:, 1] = 3.0
    y = layer.forward(x, True)
    expect.close(y, model.forward(x, True))
    expect.close(expect.array(y)[:, 1], np.full((3, 4, 4), model.beta[1]))
    same_state(layer, model)


@case("data with a mean of a million", points=2)
def far_from_zero(candidate, rng):
    layer = candidate.BatchNorm2d(2)
    x = rng.standard_normal((4, 2, 5, 5)) + 1e6
    centred = x - 1e6
    centred -= centred.mean(axis=(0, 2, 3), keepdims=True)
    var = (centred**2).mean(axis=(0, 2, 3))
    y = layer.forward(x, True)
    expect.close(y, centred / np.sqrt(var + 1e-5).reshape(1, 2, 1, 1), rtol=1e-6, atol=1e-6)
    expect.close(layer.running_var, 0.9 + 0.1 * var * 100 / 99, rtol=1e-6)


@case("float32 stays float32")
def single_precision(candidate, rng):
    layer, model = both(candidate, rng, 3)
    x = images(rng, 4, 3, 5, 5).astype(np.float32)
    for mode in (True, False):
        y = layer.forward(x, mode)
        expect.dtype(y, np.float32)
        expect.close(y, model.forward(x.astype(np.float64), mode), rtol=1e-4, atol=1e-4)


@case("the input is left as it was, contiguous or not")
def untouched(candidate, rng):
    layer, model = both(candidate, rng, 3)
    x = images(rng, 8, 3, 6, 5).transpose(0, 1, 3, 2)[::2]
    for mode in (True, False):
        expect.close(expect.inputs_unchanged(layer.forward, x, mode), model.forward(x, mode))


@case("ValueError for a single value per channel while training")
def single_value(candidate, rng):
    layer, model = both(candidate, rng, 3)
    x = images(rng, 1, 3, 1, 1)
    expect.raises(ValueError, layer.forward, x, True)
    same_state(layer, model)
    expect.close(layer.forward(x, False), model.forward(x, False))


@case("ValueError for a wrong shape, before anything changes")
def wrong_shape(candidate, rng):
    layer, model = both(candidate, rng, 3)
    for shape in ((2, 4, 5, 5), (2, 1, 5, 5), (2, 3, 5), (3, 5), (1, 2, 3, 4, 5)):
        for mode in (True, False):
            expect.raises(ValueError, layer.forward, rng.standard_normal(shape), mode)
    same_state(layer, model)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    layer, model = both(candidate, rng, 3)
    for name in STATE:
        setattr(layer, name, torch_tensor(getattr(model, name).astype(np.float32), device=device))
    for mode in (True, True, False):
        x = images(rng, 4, 3, 6, 5).astype(np.float32)
        y = layer.forward(torch_tensor(x, device=device), mode)
        expect.close(y, torch_tensor(model.forward(x.astype(np.float64), mode)), rtol=1e-4, atol=1e-4)
        expect.dtype(y, np.float32)
        expect.device(y, device)
    for name in ("running_mean", "running_var"):
        value = getattr(layer, name)
        expect.close(value, torch_tensor(getattr(model, name)), rtol=1e-4, atol=1e-4, label=name)
        expect.device(value, device)
    expect.raises(ValueError, layer.forward, torch_tensor(x[:1, :, :1, :1], device=device), True)
