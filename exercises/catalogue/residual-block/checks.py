"""Cases for BasicBlock: weights are loaded by name, outputs compared with a forward pass in NumPy."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor
from exercises.modules import clear_of_kinks, loaded, method, random_weights, single

SINGLE = {"rtol": 1e-4, "atol": 1e-4}


def as_sent(x, dtype=np.float32, device="cpu"):
    return torch_tensor(x.astype(dtype), device=device)


def block_with(candidate, settings, weights, **options):
    """A block in evaluation mode with these weights."""
    block = loaded(candidate.BasicBlock, settings, weights, **options)
    method(block, "eval")()
    return block


def a_block(candidate, rng, settings, **options):
    """A block of the candidate's with random weights, and the weights."""
    weights = random_weights(reference.basic_block_shapes(*settings), rng)
    return block_with(candidate, settings, weights, **options), weights


def images(rng, *shape):
    return single(rng.standard_normal(shape))


def agrees(block, x, weights, stride=1, training=False, dtype=np.float32, device="cpu"):
    y = block(as_sent(x, dtype, device))
    tolerance = SINGLE if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-9}
    expect.close(y, torch_tensor(reference.basic_block(x, weights, stride, training)), **tolerance)
    expect.dtype(y, dtype)
    return y


def silenced(weights):
    """The same weights with a branch that gives zeros."""
    size = len(weights["bn2.weight"])
    return weights | {"bn2.weight": np.zeros(size), "bn2.bias": np.zeros(size)}


def after_one_batch(weights, x):
    """The running statistics after a block with stride 2 and a projection has seen x in training."""
    found = {}

    def normed(values, conv, norm, stride=1, padding=0):
        y = reference.conv2d(values, weights[f"{conv}.weight"], stride=stride, padding=padding)
        parts = [weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
        out, found[f"{norm}.running_mean"], found[f"{norm}.running_var"] = reference.batch_norm(
            y, *parts, training=True
        )
        return out

    normed(np.maximum(normed(x, "conv1", "bn1", 2, 1), 0), "conv2", "bn2", 1, 1)
    normed(x, "projection.0", "projection.1", 2)
    return found


@case("a silent branch leaves relu(x)", visible=True)
def silent(candidate, rng):
    weights = silenced(random_weights(reference.basic_block_shapes(1, 1), rng))
    agrees(block_with(candidate, (1, 1), weights), np.array([[[[1.0, -2.0, 3.0]]]]), weights)


@case("kernels of ones, and norms that change nothing", visible=True)
def ones(candidate, rng):
    shapes = reference.basic_block_shapes(1, 1)
    weights = {name: np.ones(shape) for name, shape in shapes.items()}
    weights |= {name: np.zeros(1) for name in shapes if name.endswith(("bias", "mean"))}
    x = np.array([[[[1.0, -2.0, 0.0], [0.0, -1.0, 3.0]]]])
    agrees(block_with(candidate, (1, 1), weights), x, weights)


@case("stride 0", visible=True)
def stride_zero(candidate, rng):
    expect.raises(ValueError, candidate.BasicBlock, 4, 4, 0)


@case("random blocks without a projection", points=2)
def identity_blocks(candidate, rng):
    for channels in (1, 4):
        block, weights = a_block(candidate, rng, (channels, channels))
        height, width = (int(side) for side in rng.integers(1, 8, size=2))
        agrees(block, images(rng, 2, channels, height, width), weights)


@case("random blocks with a projection", points=3)
def projected_blocks(candidate, rng):
    for settings in ((3, 5, 1), (4, 2, 2), (2, 6, 3)):
        block, weights = a_block(candidate, rng, settings)
        height, width = (int(side) for side in rng.integers(4, 10, size=2))
        agrees(block, images(rng, 2, settings[0], height, width), weights, settings[2])


@case("stride 2 with equal channels needs a projection as well", points=2)
def strided(candidate, rng):
    block, weights = a_block(candidate, rng, (4, 4, 2))
    agrees(block, images(rng, 2, 4, 6, 6), weights, 2)


@case("sides that are no multiple of the stride", points=2)
def odd_sides(candidate, rng):
    for stride, height, width in ((2, 7, 5), (3, 8, 1), (4, 3, 9)):
        block, weights = a_block(candidate, rng, (2, 3, stride))
        agrees(block, images(rng, 2, 2, height, width), weights, stride)


@case("a silent branch leaves relu of the shortcut", points=2)
def silent_blocks(candidate, rng):
    for settings in ((4, 4, 1), (3, 5, 1), (4, 4, 2)):
        weights = silenced(random_weights(reference.basic_block_shapes(*settings), rng))
        block = block_with(candidate, settings, weights)
        agrees(block, images(rng, 2, settings[0], 5, 5), weights, settings[2])


@case("64 to 128 channels with stride 2")
def wide(candidate, rng):
    block, weights = a_block(candidate, rng, (64, 128, 2))
    agrees(block, images(rng, 1, 64, 4, 4), weights, 2)


@case("in training the norms use the batch", points=2)
def training(candidate, rng):
    for settings in ((3, 3, 1), (3, 4, 2)):
        block, weights = a_block(candidate, rng, settings)
        method(block, "train")()
        agrees(block, images(rng, 4, 3, 6, 5), weights, settings[2], training=True)


@case("running statistics move in training only", points=2)
def statistics(candidate, rng):
    block, weights = a_block(candidate, rng, (3, 4, 2))
    x = images(rng, 4, 3, 6, 5)
    method(block, "train")()
    block(as_sent(x))
    weights |= after_one_batch(weights, x)
    method(block, "eval")()
    for _ in range(2):
        agrees(block, x, weights, 2)


@case("a float32 batch", points=2, devices=("cpu", "cuda"))
def batch(candidate, rng, device):
    for settings in ((8, 8, 1), (4, 8, 2)):
        block, weights = a_block(candidate, rng, settings, device=device)
        y = agrees(block, images(rng, 4, settings[0], 9, 8), weights, settings[2], device=device)
        expect.device(y, device)


@case("float64 to nine digits")
def double_precision(candidate, rng):
    block, weights = a_block(candidate, rng, (3, 4, 2), dtype=np.float64)
    agrees(block, images(rng, 2, 3, 5, 6), weights, 2, dtype=np.float64)


@case("gradients through branch and shortcut", points=2)
def gradients(candidate, rng):
    for settings in ((2, 2, 1), (2, 4, 2)):
        weights = clear_of_kinks(random_weights(reference.basic_block_shapes(*settings), rng))
        block = block_with(candidate, settings, weights, dtype=np.float64)
        x = rng.uniform(-1, 1, size=(1, 2, 3, 4))
        seed = rng.standard_normal(reference.basic_block(x, weights, settings[2]).shape)

        def total(at, weights=weights, stride=settings[2], seed=seed):
            return float((seed * reference.basic_block(at, weights, stride)).sum())

        _, (found,) = block.with_gradients(as_sent(x, np.float64), seed=seed)
        expect.gradient(found, total, x, rtol=1e-5, atol=1e-5)


@case("the gradient passes a silent branch by", points=2, devices=("cpu", "cuda"))
def shortcut_gradient(candidate, rng, device):
    weights = silenced(random_weights(reference.basic_block_shapes(3, 3), rng))
    block = block_with(candidate, (3, 3), weights, device=device)
    x, seed = images(rng, 2, 3, 4, 4), rng.standard_normal((2, 3, 4, 4))
    _, (found,) = block.with_gradients(as_sent(x, device=device), seed=seed)
    expect.close(found, torch_tensor(seed * (x > 0)), **SINGLE)


@case("the input is left as it was", points=2)
def untouched(candidate, rng):
    block, _ = a_block(candidate, rng, (4, 4))
    x = images(rng, 3, 4, 5, 2)
    expect.inputs_unchanged(block, as_sent(x))
    method(block, "train")()
    expect.inputs_unchanged(block, as_sent(x))


@case("an input that is not contiguous in memory")
def strides(candidate, rng):
    block, weights = a_block(candidate, rng, (4, 3, 2))
    x = images(rng, 3, 4, 5, 2).transpose(3, 1, 0, 2)
    agrees(block, x, weights, 2)
    expect.inputs_unchanged(block, as_sent(x))


@case("ValueError for channels or a stride below 1", points=2)
def bad_settings(candidate, rng):
    for settings in ((0, 4, 1), (4, 0, 1), (-3, 4, 1), (4, -1, 2), (4, 4, -1), (4, 8, 0), (0, 0, 1)):
        expect.raises(ValueError, candidate.BasicBlock, *settings)


@case("the stride is 1 unless it is given")
def default_stride(candidate, rng):
    block, weights = a_block(candidate, rng, (3, 5))
    agrees(block, images(rng, 2, 3, 4, 4), weights)
