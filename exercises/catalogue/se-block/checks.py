"""Cases for SEBlock: weights are loaded by name, outputs compared with a forward pass in NumPy."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor
from exercises.modules import clear_of_kinks, loaded, method, random_weights, single

SIZES = ((1, 1), (6, 1), (16, 4))


def as_sent(x, dtype=np.float32, device="cpu", **options):
    return torch_tensor(x.astype(dtype), device=device, **options)


def block_with(candidate, channels, reduction, weights, **options):
    return loaded(candidate.SEBlock, (channels, reduction), weights, **options)


def a_block(candidate, rng, channels, reduction, **options):
    """A block of the candidate's with random weights, and the weights."""
    weights = random_weights(reference.se_shapes(channels, reduction), rng)
    return block_with(candidate, channels, reduction, weights, **options), weights


def images(rng, *shape):
    """Images whose channels have different means."""
    return single(rng.standard_normal(shape) + 2 * rng.standard_normal((*shape[:2], 1, 1)))


def agrees(block, x, weights, dtype=np.float32, device="cpu"):
    y = block(as_sent(x, dtype, device))
    tolerance = 1e-4 if dtype == np.float32 else 1e-9
    expect.close(y, torch_tensor(reference.se_block(x, weights)), rtol=tolerance, atol=tolerance)
    expect.dtype(y, dtype)
    return y


@case("gates sigmoid(2) and sigmoid(0) for two channels", visible=True)
def two_channels(candidate, rng):
    weights = {
        "reduce.weight": np.eye(2),
        "reduce.bias": np.zeros(2),
        "expand.weight": np.diag([1.0, -1.0]),
        "expand.bias": np.zeros(2),
    }
    block = block_with(candidate, 2, 1, weights)
    agrees(block, np.array([[[[1.0, 3.0]], [[-4.0, -2.0]]]]), weights)


@case("four channels, two hidden units, two samples", visible=True)
def four_channels(candidate, rng):
    weights = {
        "reduce.weight": np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 1.0]]),
        "reduce.bias": np.array([0.0, -1.0]),
        "expand.weight": np.array([[1.0, 0], [0, 1.0], [-1.0, 1.0], [0, -2.0]]),
        "expand.bias": np.array([0.0, 1.0, 0.0, 0.5]),
    }
    block = block_with(candidate, 4, 2, weights)
    agrees(block, np.arange(16.0).reshape(2, 4, 1, 2) / 4 - 1, weights)


@case("no hidden unit is left", visible=True)
def no_hidden_unit(candidate, rng):
    expect.raises(ValueError, candidate.SEBlock, 4, 5)


@case("random blocks on maps of any size", points=3)
def random_blocks(candidate, rng):
    for channels, reduction in SIZES:
        block, weights = a_block(candidate, rng, channels, reduction)
        height, width = (int(side) for side in rng.integers(1, 8, size=2))
        agrees(block, images(rng, 3, channels, height, width), weights)


@case("256 channels reduced by 16 have 8,464 parameters", points=2)
def parameters(candidate, rng):
    block, weights = a_block(candidate, rng, 256, 16)
    agrees(block, images(rng, 2, 256, 2, 2), weights)


@case("the number of hidden units is rounded down, and one is enough")
def rounded_down(candidate, rng):
    for channels, reduction in ((10, 4), (3, 2), (4, 4)):
        block, weights = a_block(candidate, rng, channels, reduction)
        agrees(block, images(rng, 2, channels, 3, 2), weights)


@case("one gate in (0, 1) for each sample and channel, the same everywhere", points=2)
def gates(candidate, rng):
    block, weights = a_block(candidate, rng, 6, 2)
    x = single(rng.uniform(1, 3, size=(4, 6, 5, 3)))
    found = expect.array(agrees(block, x, weights)) / x
    inside = bool(((found > 0) & (found < 1)).all())
    expect.that(inside, "A gate is not between 0 and 1.", label="gates in (0, 1)")
    even = bool(np.ptp(found, axis=(2, 3)).max() < 1e-4)
    expect.that(even, "A channel's gate differs between positions.", label="gates over space")


@case("moving the pixels of a sample moves its output", points=2)
def permuted(candidate, rng):
    block, _ = a_block(candidate, rng, 5, 2)
    x, order = images(rng, 2, 5, 4, 6), rng.permutation(24)
    moved = x.reshape(2, 5, 24)[:, :, order].reshape(x.shape)
    y, after = (expect.array(block(as_sent(values))) for values in (x, moved))
    expect.shape(y, x.shape)
    expect.close(after, y.reshape(2, 5, 24)[:, :, order].reshape(x.shape), rtol=1e-4, atol=1e-4)


@case("a sample's gates do not depend on the rest of the batch", points=2)
def batch_mates(candidate, rng):
    block, weights = a_block(candidate, rng, 6, 3)
    x = images(rng, 5, 6, 3, 3)
    agrees(block, x, weights)
    for index in range(0, 5, 2):
        agrees(block, x[index : index + 1], weights)


@case("gates at the ends of the sigmoid, and an image of zeros")
def saturated(candidate, rng):
    weights = random_weights(reference.se_shapes(4, 1), rng)
    weights |= {"reduce.bias": np.ones(4), "expand.weight": 200 * np.diag([1.0, -1.0, 1.0, -1.0])}
    block = block_with(candidate, 4, 1, weights)
    agrees(block, images(rng, 2, 4, 2, 2), weights)
    agrees(block, np.zeros((1, 4, 2, 2)), weights)


@case("a float32 batch", points=2, devices=("cpu", "cuda"))
def batch(candidate, rng, device):
    block, weights = a_block(candidate, rng, 12, 4, device=device)
    y = agrees(block, images(rng, 8, 12, 7, 5), weights, device=device)
    expect.device(y, device)


@case("float64 to nine digits")
def double_precision(candidate, rng):
    block, weights = a_block(candidate, rng, 6, 2, dtype=np.float64)
    agrees(block, images(rng, 2, 6, 4, 3), weights, dtype=np.float64)


@case("gradients reach the input directly and through the gates", points=2)
def gradients(candidate, rng):
    weights = clear_of_kinks(random_weights(reference.se_shapes(4, 2), rng))
    weights["expand.weight"] *= 3
    weights["expand.bias"] = rng.standard_normal(4)
    block = block_with(candidate, 4, 2, weights, dtype=np.float64)
    x, seed = rng.uniform(-1, 1, size=(2, 4, 2, 3)), rng.standard_normal((2, 4, 2, 3))
    _, (found,) = block.with_gradients(as_sent(x, np.float64), seed=seed)
    expect.gradient(
        found, lambda at: float((seed * reference.se_block(at, weights)).sum()), x, rtol=1e-5, atol=1e-5
    )


@case("the gates can be trained")
def trainable(candidate, rng):
    block, weights = a_block(candidate, rng, 4, 2)
    y = agrees(block, images(rng, 2, 4, 3, 3), weights)
    expect.that(y.requires_grad, "No gradient can reach the parameters.", label="trainable")


@case("the same in training and evaluation")
def modes(candidate, rng):
    block, weights = a_block(candidate, rng, 6, 2)
    x = images(rng, 3, 6, 4, 4)
    for mode in ("eval", "train"):
        method(block, mode)()
        agrees(block, x, weights)


@case("the input is left as it was, contiguous or not")
def untouched(candidate, rng):
    block, weights = a_block(candidate, rng, 4, 2)
    x = images(rng, 3, 4, 5, 2)
    expect.inputs_unchanged(block, as_sent(x))
    agrees(block, x.transpose(3, 1, 0, 2), weights)


@case("ValueError for too few channels or a reduction that leaves no unit", points=2)
def bad_settings(candidate, rng):
    for settings in ((8, 9), (1, 2), (0, 1), (-4, 2), (-2, -2), (4, 0), (4, -1), (0, 0)):
        expect.raises(ValueError, candidate.SEBlock, *settings)


@case("ValueError for an input with other axes or channels")
def bad_input(candidate, rng):
    block, _ = a_block(candidate, rng, 4, 2)
    for shape in ((2, 3, 5, 5), (2, 5, 4, 4), (4, 4, 4), (2, 4), (1, 2, 4, 4, 4)):
        expect.raises(ValueError, block, as_sent(rng.standard_normal(shape)))
