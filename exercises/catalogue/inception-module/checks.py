"""Cases for Inception: weights are loaded by name, outputs compared with a forward pass in NumPy."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor
from exercises.modules import clear_of_kinks, loaded, method, random_weights, single

SMALL = (3, 2, (2, 3), (1, 4), 1)
EQUAL = (2, 3, (2, 3), (2, 3), 3)


def as_sent(x, dtype=np.float32, device="cpu"):
    return torch_tensor(x.astype(dtype), device=device)


def a_module(candidate, rng, settings, **options):
    """A module of the candidate's with random weights, and the weights."""
    weights = random_weights(reference.inception_shapes(*settings), rng)
    return loaded(candidate.Inception, settings, weights, **options), weights


def images(rng, *shape):
    return single(rng.standard_normal(shape))


def agrees(module, x, weights, dtype=np.float32, device="cpu"):
    y = module(as_sent(x, dtype, device))
    tolerance = 1e-4 if dtype == np.float32 else 1e-9
    expect.close(y, torch_tensor(reference.inception(x, weights)), rtol=tolerance, atol=tolerance)
    expect.dtype(y, dtype)
    return y


@case("weights 1 and biases 0 on a row of three pixels", visible=True)
def ones(candidate, rng):
    settings = (1, 1, (1, 1), (1, 1), 1)
    shapes = reference.inception_shapes(*settings)
    weights = {name: np.full(shape, float(len(shape) > 1)) for name, shape in shapes.items()}
    module = loaded(candidate.Inception, settings, weights)
    agrees(module, np.array([[[[1.0, 2.0, -1.0]]]]), weights)


@case("different biases for the branches, an image of zeros", visible=True)
def biases(candidate, rng):
    settings = (1, 1, (1, 1), (1, 1), 1)
    shapes = reference.inception_shapes(*settings)
    weights = {name: np.full(shape, 0.5 * (len(shape) > 1)) for name, shape in shapes.items()}
    named = {"conv1": 1.0, "reduce3": 1.0, "conv3": 0.0, "reduce5": -1.0, "conv5": 2.0, "project": 3.0}
    weights |= {f"{name}.bias": np.array([value]) for name, value in named.items()}
    module = loaded(candidate.Inception, settings, weights)
    agrees(module, np.zeros((1, 1, 2, 2)), weights)


@case("a branch of width 0", visible=True)
def no_width(candidate, rng):
    expect.raises(ValueError, candidate.Inception, 4, 0, (1, 1), (1, 1), 1)


@case("random modules", points=3)
def random_modules(candidate, rng):
    for settings in (SMALL, (4, 3, (5, 2), (3, 1), 2), (1, 1, (2, 3), (3, 2), 2)):
        module, weights = a_module(candidate, rng, settings)
        height, width = (int(side) for side in rng.integers(3, 9, size=2))
        agrees(module, images(rng, 2, settings[0], height, width), weights)


@case("four branches of one width", points=2)
def equal_widths(candidate, rng):
    module, weights = a_module(candidate, rng, EQUAL)
    agrees(module, images(rng, 2, 2, 6, 6), weights)


@case("one pixel, four branches of one width")
def one_pixel(candidate, rng):
    module, weights = a_module(candidate, rng, EQUAL)
    agrees(module, images(rng, 2, 2, 1, 1), weights)


@case("the reductions read the input and give the first number of each pair")
def reduced_channels(candidate, rng):
    module = candidate.Inception(7, 2, (3, 5), (4, 6), 1)
    for name, reduced in (("reduce3", 3), ("reduce5", 4)):
        shape = expect.array(getattr(module, name).weight).shape
        expect.that(shape[1:] == (7, 1, 1), f"{name} does not read the input.", label=f"input of {name}")
        message = f"{name} does not give the first number of the pair."
        expect.that(shape[0] == reduced, message, label=f"output of {name}")


@case("height and width are kept, odd or even, down to one pixel", points=2)
def sizes(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL)
    for height, width in ((1, 1), (7, 5), (4, 8), (2, 9)):
        agrees(module, images(rng, 2, 3, height, width), weights)


@case("the first module of GoogLeNet: 256 channels from 163,328 weights", points=2)
def googlenet(candidate, rng):
    module, weights = a_module(candidate, rng, (192, 64, (96, 128), (16, 32), 32))
    agrees(module, images(rng, 1, 192, 3, 4), weights)


@case("padding never wins in the pool", points=2)
def negative(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL)
    agrees(module, single(-rng.uniform(1, 2, size=(2, 3, 4, 5))), weights)


@case("reduced channels that are negative are cut off", points=2)
def reductions(candidate, rng):
    weights = random_weights(reference.inception_shapes(*SMALL), rng)
    for name in ("reduce3.bias", "reduce5.bias"):
        weights[name] = weights[name] - 0.5
    module = loaded(candidate.Inception, SMALL, weights)
    agrees(module, images(rng, 2, 3, 5, 5), weights)


@case("the branches come in the stated order", points=2)
def order(candidate, rng):
    weights = random_weights(reference.inception_shapes(*EQUAL), rng)
    named = {"conv1": 10.0, "conv3": 20.0, "conv5": 30.0, "project": 40.0}
    weights |= {f"{name}.bias": np.full(3, value) for name, value in named.items()}
    module = loaded(candidate.Inception, EQUAL, weights)
    agrees(module, images(rng, 1, 2, 3, 4), weights)


@case("an image's maps do not depend on the rest of the batch")
def batch_mates(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL)
    x = images(rng, 3, 3, 4, 4)
    agrees(module, x, weights)
    agrees(module, x[1:2], weights)


@case("a float32 batch", points=2, devices=("cpu", "cuda"))
def batch(candidate, rng, device):
    module, weights = a_module(candidate, rng, (6, 4, (3, 5), (2, 3), 4), device=device)
    y = agrees(module, images(rng, 4, 6, 9, 8), weights, device=device)
    expect.device(y, device)


@case("float64 to nine digits")
def double_precision(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL, dtype=np.float64)
    agrees(module, images(rng, 2, 3, 5, 4), weights, dtype=np.float64)


@case("gradients through all four branches", points=2)
def gradients(candidate, rng):
    settings = (2, 2, (2, 2), (2, 2), 2)
    weights = clear_of_kinks(random_weights(reference.inception_shapes(*settings), rng))
    module = loaded(candidate.Inception, settings, weights, dtype=np.float64)
    x = rng.permutation(np.linspace(-1, 1, 24)).reshape(1, 2, 3, 4)  # no two values compete in the pool
    seed = rng.standard_normal((1, 8, 3, 4))
    _, (found,) = module.with_gradients(as_sent(x, np.float64), seed=seed)
    expect.gradient(
        found, lambda at: float((seed * reference.inception(at, weights)).sum()), x, rtol=1e-5, atol=1e-5
    )


@case("the parameters can be trained, and evaluation changes nothing")
def trainable(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL)
    x = images(rng, 2, 3, 4, 4)
    y = agrees(module, x, weights)
    expect.that(y.requires_grad, "No gradient can reach the parameters.", label="trainable")
    method(module, "eval")()
    agrees(module, x, weights)


@case("the input is left as it was, contiguous or not")
def untouched(candidate, rng):
    module, weights = a_module(candidate, rng, SMALL)
    x = images(rng, 4, 3, 5, 2)
    expect.inputs_unchanged(module, as_sent(x))
    agrees(module, x.transpose(3, 1, 2, 0), weights)


@case("ValueError for widths below 1", points=2)
def bad_settings(candidate, rng):
    for position, zero in ((0, 0), (1, 0), (2, (0, 2)), (2, (2, 0)), (3, (0, 2)), (3, (2, 0)), (4, 0)):
        settings = [4, 2, (2, 2), (2, 2), 2]
        settings[position] = zero
        expect.raises(ValueError, candidate.Inception, *settings)
    expect.raises(ValueError, candidate.Inception, 4, -1, (2, 2), (2, 2), 2)
    expect.raises(ValueError, candidate.Inception, 4, 2, (2, -3), (2, 2), 2)


@case("ValueError for an input with other axes or channels")
def bad_input(candidate, rng):
    module, _ = a_module(candidate, rng, SMALL)
    for shape in ((2, 2, 5, 5), (2, 4, 5, 5), (3, 5, 5), (2, 3), (1, 2, 3, 4, 4)):
        expect.raises(ValueError, module, as_sent(rng.standard_normal(shape)))
