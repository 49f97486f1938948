"""Numbers in the texts on blocks, filter grids, Grad-CAM and attacks; loading of modules."""

import numpy as np
import pytest

from exercises import catalogue, reference
from exercises.failure import Failure
from exercises.modules import NAMES, clear_of_kinks, loaded, random_weights
from exercises.reference.arithmetic import conv_macs, conv_parameters, elements

SLUGS = (
    "bottleneck-block",
    "fgsm-and-pgd",
    "filter-grid",
    "grad-cam",
    "inception-module",
    "residual-block",
    "se-block",
)


def count(shapes, learned_only=True):
    """Parameters of a block, without the buffers of its norms."""
    names = [name for name in shapes if not (learned_only and "running" in name)]
    return sum(elements(shapes[name]) for name in names)


def made(slug, name):
    """A function or class of the model answer."""
    pytest.importorskip("torch")
    exercise = catalogue.load(slug)
    return getattr(exercise.local(exercise.solutions[0].source)._driver.module, name)


def test_numbers_of_filter_grid():
    w = np.array([[[[0.0, 1.0], [2.0, 4.0]]], [[[-3.0, -3.0], [-3.0, -3.0]]]])
    grid = reference.filter_grid(w, cols=2, pad=1)
    assert grid.shape == (4, 7, 3)
    assert grid[1, :, 0].tolist() == [1, 0, 0.25, 1, 0.5, 0.5, 1]
    assert grid[2, :, 0].tolist() == [1, 0.5, 1, 1, 0.5, 0.5, 1]
    assert reference.filter_grid(np.zeros((32, 3, 7, 7)), 8, 1).shape == (33, 65, 3)
    assert reference.filter_grid(np.zeros((5, 3, 7, 7)), 4, 2).shape == (20, 38, 3)


def test_numbers_of_se_block():
    assert count(reference.se_shapes(256, 16)) == 8464 == 8192 + 16 + 256
    assert round(100 * 8464 / conv_parameters(256, 256, 3, bias=False), 1) == 1.4
    assert 256 * 14 * 14 == 50_176
    weights = {"reduce.weight": np.eye(2), "reduce.bias": np.zeros(2)}
    weights |= {"expand.weight": np.diag([1.0, -1.0]), "expand.bias": np.zeros(2)}
    y = reference.se_block(np.array([[[[1.0, 3.0]], [[-4.0, -2.0]]]]), weights)
    assert np.round(y, 4).tolist() == [[[[0.8808, 2.6424]], [[-2.0, -1.0]]]]


def test_numbers_of_residual_block():
    plain, projected = reference.basic_block_shapes(64, 64), reference.basic_block_shapes(64, 128, 2)
    assert count(plain) == 73_984 == 36_864 + 36_864 + 256
    assert count(projected) == 230_144 == 73_728 + 147_456 + 512 + 8_448
    assert count({k: v for k, v in projected.items() if k.startswith("projection")}) == 8_448
    block = made("residual-block", "BasicBlock")
    assert sum(p.numel() for p in block(64, 128, stride=2).parameters()) == 230_144


def test_numbers_of_bottleneck_block():
    shapes = reference.bottleneck_shapes(256, 64, 256)
    convolutions = [elements(shape) for shape in shapes.values() if len(shape) == 4]
    assert convolutions == [16_384, 36_864, 16_384]
    assert sum(convolutions) == 69_632
    plain = conv_parameters(256, 256, 3, bias=False)
    assert plain == 589_824
    assert (round(plain / 69_632, 2), round(2 * plain / 69_632, 2)) == (8.47, 16.94)
    assert round(100 * 2 * 16_384 / 69_632) == 47
    assert plain / 36_864 == 16


def test_numbers_of_inception_module():
    shapes = reference.inception_shapes(192, 64, (96, 128), (16, 32), 32)
    weights = {name: elements(shape) for name, shape in shapes.items() if name.endswith("weight")}
    assert sum(weights.values()) == 163_328
    assert count(shapes) == 163_696 == 163_328 + 368
    branches = [
        weights["conv1.weight"],
        weights["reduce3.weight"] + weights["conv3.weight"],
        weights["reduce5.weight"] + weights["conv5.weight"],
        weights["project.weight"],
    ]
    assert branches == [12_288, 129_024, 15_872, 6_144]
    assert conv_macs(192, 16, 1, 1, 28, 28) + conv_macs(16, 32, 5, 5, 28, 28) == 12_443_648
    assert conv_macs(192, 32, 5, 5, 28, 28) == 120_422_400


def test_the_example_of_inception_module():
    shapes = reference.inception_shapes(1, 1, (1, 1), (1, 1), 1)
    weights = {name: np.full(shape, float(len(shape) > 1)) for name, shape in shapes.items()}
    y = reference.inception(np.array([[[[1.0, 2.0, -1.0]]]]), weights)
    assert y[0, :, 0].tolist() == [[1, 2, 0], [3, 3, 2], [3, 3, 3], [2, 2, 2]]


def test_the_example_of_grad_cam():
    grad_cam = made("grad-cam", "grad_cam")
    import torch
    from torch import nn

    model = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.Flatten(), nn.Linear(8, 2))
    head = [[1.0, 1, 1, 1, 0, 0, 0, 0], [-1.0, -1, -1, -3, 0, 0, 0, 0]]
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1))
        model[2].weight.copy_(torch.tensor(head))
    x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert grad_cam(model, model[0], x, 0).tolist() == [[0.25, 0.5], [0.75, 1]]
    assert grad_cam(model, model[0], x, 1).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match="four axes"):
        grad_cam(model, model[2], x)


def test_the_example_of_fgsm_and_pgd():
    attack = made("fgsm-and-pgd", "attack")
    import torch
    from torch import nn

    model = nn.Sequential(nn.Flatten(), nn.Linear(3, 2, bias=False))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[2.0, -1.0, 0.0], [0.0, 0.0, 0.0]]))
    x, y = torch.tensor([[[[0.5, 0.5, 0.5]]]]), torch.tensor([0])
    for settings, expected in (
        ((0.1, 0.1, 1), [0.4, 0.6, 0.5]),
        ((0.1, 0.04, 5), [0.4, 0.6, 0.5]),
        ((0.6, 0.6, 1), [0, 1, 0.5]),
        ((0.1, 0.1, 1, True), [0.6, 0.4, 0.5]),
    ):
        np.testing.assert_allclose(attack(model, x, y, *settings).ravel(), expected, atol=1e-6)


@pytest.mark.parametrize("slug", ["grad-cam", "fgsm-and-pgd"])
def test_the_given_models_stand_in_the_statement(slug):
    exercise = catalogue.load(slug)
    assert f"```python\n{exercise.given}```" in exercise.statement


@pytest.mark.parametrize("slug", SLUGS)
def test_limits_in_the_statement_are_those_that_are_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words


def candidate_with(body):
    pytest.importorskip("torch")
    source = f"from torch import nn\n\n\nclass Layer(nn.Module):\n    def __init__(self):\n{body}"
    return catalogue.load("se-block").local(source)


def test_loading_names_what_a_state_dict_lacks_and_has_too_much():
    body = "        super().__init__()\n        self.first = nn.Linear(2, 1)\n"
    candidate = candidate_with(body)
    module = loaded(candidate.Layer, (), {"first.weight": np.ones((1, 2)), "first.bias": np.zeros(1)})
    np.testing.assert_array_equal(module.first.weight.array, [[1, 1]])
    with pytest.raises(Failure) as caught:
        loaded(candidate.Layer, (), {"first.weight": np.ones((1, 2)), "second.bias": np.zeros(1)})
    assert "it lacks second.bias; it should not have first.bias" in caught.value.message
    assert caught.value.label == NAMES


def test_loading_moves_a_module_to_the_dtype():
    candidate = candidate_with("        super().__init__()\n        self.first = nn.Linear(2, 1)\n")
    weights = {"first.weight": np.full((1, 2), 1 / 3), "first.bias": np.zeros(1)}
    module = loaded(candidate.Layer, (), weights, dtype=np.float64)
    np.testing.assert_array_equal(module.first.weight.array, weights["first.weight"])


def test_weights_clear_of_kinks_keep_every_relu_away_from_zero():
    rng = np.random.default_rng(5)
    for _ in range(20):
        weights = clear_of_kinks(random_weights(reference.inception_shapes(2, 2, (2, 3), (2, 2), 2), rng))
        x = rng.uniform(-1, 1, size=(1, 2, 5, 5))
        inner = reference.conv2d(x, weights["reduce3.weight"], weights["reduce3.bias"], padding=0)
        outer = reference.conv2d(
            np.maximum(inner, 0), weights["conv3.weight"], weights["conv3.bias"], padding=1
        )
        assert min(np.abs(inner).min(), np.abs(outer).min()) > 1


def test_random_weights_are_numbers_of_float32_with_positive_variances():
    weights = random_weights(reference.basic_block_shapes(3, 4, 2), np.random.default_rng(1))
    for value in weights.values():
        assert value.dtype == np.float64
        np.testing.assert_array_equal(value, value.astype(np.float32))
    assert weights["bn1.running_var"].min() >= 0.5
    assert weights["projection.1.weight"].min() >= 0.5
