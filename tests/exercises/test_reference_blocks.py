"""Blocks, class maps, filter grids and attacks in NumPy against PyTorch, over random configurations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import reference

torch = pytest.importorskip("torch")
from torch.nn import functional  # noqa: E402

from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
SEED = st.integers(0, 2**32)
WIDTH = st.integers(1, 5)
SIDE = st.integers(1, 8)


def weights_for(shapes, rng):
    """Random weights; running variances and gains are positive."""
    return {
        name: rng.uniform(0.5, 1.5, shape) if name.endswith("var") else rng.standard_normal(shape)
        for name, shape in shapes.items()
    }


def agree(operation, twin, x, weights, **options):
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    found = twin(torch.from_numpy(x), tensors, **options).numpy()
    ours = operation(x, weights, **options)
    assert ours.dtype == x.dtype
    np.testing.assert_allclose(ours, found, rtol=1e-9, atol=1e-9)
    return ours


@settings(max_examples=40, deadline=None)
@given(SEED, st.integers(1, 12), st.integers(1, 4), SIDE, SIDE)
def test_se_block(seed, channels, reduction, height, width):
    rng = np.random.default_rng(seed)
    if channels < reduction:
        with pytest.raises(ValueError, match="no hidden unit"):
            reference.se_shapes(channels, reduction)
        return
    weights = weights_for(reference.se_shapes(channels, reduction), rng)
    x = 3 * rng.standard_normal((2, channels, height, width))
    y = agree(reference.se_block, twins.se_block, x, weights)
    gates = reference.se_gates(x, weights)
    assert gates.shape == (2, channels)
    np.testing.assert_allclose(y, x * gates[:, :, None, None])
    assert ((gates > 0) & (gates <= 1)).all()


@settings(max_examples=50, deadline=None)
@given(SEED, WIDTH, WIDTH, st.integers(1, 3), SIDE, SIDE, st.booleans())
def test_basic_block(seed, c_in, c_out, stride, height, width, training):
    rng = np.random.default_rng(seed)
    shapes = reference.basic_block_shapes(c_in, c_out, stride)
    assert ("projection.0.weight" in shapes) == (stride != 1 or c_in != c_out)
    x = rng.standard_normal((2, c_in, height, width))
    weights = weights_for(shapes, rng)
    y = agree(reference.basic_block, twins.basic_block, x, weights, stride=stride, training=training)
    assert y.shape == (2, c_out, -(-height // stride), -(-width // stride))
    assert y.min() >= 0


@settings(max_examples=50, deadline=None)
@given(SEED, WIDTH, WIDTH, WIDTH, st.integers(1, 3), SIDE, SIDE, st.booleans())
def test_bottleneck(seed, c_in, width, c_out, stride, rows, columns, training):
    rng = np.random.default_rng(seed)
    shapes = reference.bottleneck_shapes(c_in, width, c_out, stride)
    x = rng.standard_normal((2, c_in, rows, columns))
    weights = weights_for(shapes, rng)
    y = agree(reference.bottleneck, twins.bottleneck, x, weights, stride=stride, training=training)
    assert y.shape == (2, c_out, -(-rows // stride), -(-columns // stride))


def test_a_block_whose_branch_is_silent_passes_its_shortcut_on():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 3, 5, 5))
    for shapes, block, last in (
        (reference.basic_block_shapes(3, 3), reference.basic_block, "bn2"),
        (reference.bottleneck_shapes(3, 2, 3), reference.bottleneck, "bn3"),
    ):
        weights = weights_for(shapes, rng)
        weights[f"{last}.weight"], weights[f"{last}.bias"] = np.zeros(3), np.zeros(3)
        np.testing.assert_array_equal(block(x, weights), np.maximum(x, 0))


@settings(max_examples=40, deadline=None)
@given(SEED, WIDTH, WIDTH, st.tuples(WIDTH, WIDTH), st.tuples(WIDTH, WIDTH), WIDTH, SIDE, SIDE)
def test_inception(seed, c_in, c1, c3, c5, cp, height, width):
    rng = np.random.default_rng(seed)
    weights = weights_for(reference.inception_shapes(c_in, c1, c3, c5, cp), rng)
    x = rng.standard_normal((2, c_in, height, width))
    y = agree(reference.inception, twins.inception, x, weights)
    assert y.shape == (2, c1 + c3[1] + c5[1] + cp, height, width)


@settings(max_examples=60, deadline=None)
@given(SEED, SIDE, SIDE, st.integers(1, 20), st.integers(1, 20))
def test_resize_bilinear(seed, h, w, height, width):
    image = np.random.default_rng(seed).standard_normal((h, w))
    found = twins.resize_bilinear(torch.from_numpy(image), (height, width)).numpy()
    np.testing.assert_allclose(reference.resize_bilinear(image, (height, width)), found, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(SEED, WIDTH, SIDE, SIDE)
def test_class_activation_map(seed, maps, h, w):
    rng = np.random.default_rng(seed)
    activations, gradients = rng.standard_normal((2, maps, h, w))
    size = (2 * h, 3 * w)
    ours = reference.class_activation_map(activations, gradients, size)
    found = twins.class_activation_map(torch.from_numpy(activations), torch.from_numpy(gradients), size)
    np.testing.assert_allclose(ours, found.numpy(), atol=1e-9)
    assert ours.max() in (0, 1)


def test_class_maps_of_a_network_are_those_of_autograd():
    rng = np.random.default_rng(8)
    w, head = rng.standard_normal((4, 2, 3, 3)), rng.standard_normal((3, 4 * 5 * 5))
    x = rng.standard_normal((1, 2, 5, 5))
    maps = functional.conv2d(torch.from_numpy(x), torch.from_numpy(w), padding=1).requires_grad_()
    logit = (maps.relu().flatten(1) @ torch.from_numpy(head).T)[0, 1]
    (gradients,) = torch.autograd.grad(logit, maps)
    ours = reference.conv2d(x, w, padding=1)[0]
    closed_form = head[1].reshape(4, 5, 5) * (ours > 0)
    np.testing.assert_allclose(closed_form, gradients[0].numpy())
    assert reference.class_activation_map(ours, closed_form, (5, 5)).shape == (5, 5)


@settings(max_examples=50, deadline=None)
@given(SEED, st.integers(1, 9), st.integers(1, 4), st.integers(1, 4), WIDTH, st.integers(0, 3))
def test_filter_grid(seed, count, channels, k, cols, pad):
    w = np.random.default_rng(seed).standard_normal((count, channels, k, k))
    w[0] = 2.5
    ours = reference.filter_grid(w, cols, pad)
    np.testing.assert_allclose(ours, twins.filter_grid(torch.from_numpy(w), cols, pad).numpy())
    rows = -(-count // cols)
    assert ours.shape == (rows * k + (rows + 1) * pad, cols * k + (cols + 1) * pad, 3)
    assert (ours[pad : pad + k, pad : pad + k] == 0.5).all()


@settings(max_examples=30, deadline=None)
@given(SEED, st.floats(0, 0.6), st.floats(0, 0.6), st.integers(1, 5), st.booleans())
def test_attacks_take_the_steps_of_autograd(seed, eps, alpha, steps, targeted):
    rng = np.random.default_rng(seed)
    w, y = rng.standard_normal((5, 12)), rng.integers(0, 5, size=4)
    x = rng.uniform(size=(4, 12))

    def gradient(images):
        return reference.softmax_cross_entropy(images @ w.T, y)[1] @ w

    images = torch.from_numpy(x)
    for _ in range(steps):
        point = images.clone().requires_grad_()
        functional.cross_entropy(point @ torch.from_numpy(w).T, torch.from_numpy(y)).backward()
        moved = images + (-alpha if targeted else alpha) * point.grad.sign()
        images = (torch.from_numpy(x) + (moved - torch.from_numpy(x)).clamp(-eps, eps)).clamp(0, 1)
    found = reference.attack(gradient, x, eps, alpha, steps, targeted)
    np.testing.assert_allclose(found, images.numpy(), atol=1e-12)
    assert np.abs(found - x).max() <= eps + 1e-12


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: reference.se_shapes(0, 1), "channels"),
        (lambda: reference.se_shapes(4, 0), "reduction"),
        (lambda: reference.basic_block_shapes(3, 0), "c_out"),
        (lambda: reference.bottleneck_shapes(3, 2, 4, 0), "stride"),
        (lambda: reference.inception_shapes(3, 2, (0, 1), (1, 1), 1), "r3"),
        (lambda: reference.se_gates(np.ones((1, 3, 2, 2)), {"reduce.weight": np.ones((1, 2))}), "3 channels"),
        (lambda: reference.filter_grid(np.ones((3, 3, 3))), "w must have shape"),
        (lambda: reference.filter_grid(np.ones((0, 3, 3, 3))), "not be empty"),
        (lambda: reference.filter_grid(np.ones((1, 3, 3, 3)), cols=0), "cols"),
        (lambda: reference.filter_grid(np.ones((1, 3, 3, 3)), pad=-1), "pad"),
        (lambda: reference.class_activation_map(np.ones((2, 3, 3)), np.ones((2, 3, 4)), (6, 6)), "one shape"),
        (lambda: reference.resize_bilinear(np.ones((2, 2)), (0, 3)), "size"),
        (lambda: reference.attack(np.sign, np.ones(2), -0.1, 0.1, 1), "eps"),
        (lambda: reference.attack(np.sign, np.ones(2), 0.1, -0.1, 1), "alpha"),
        (lambda: reference.attack(np.sign, np.ones(2), 0.1, 0.1, 0), "steps"),
    ],
)
def test_nonsense_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
