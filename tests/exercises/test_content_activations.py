"""Numbers that the statements and editorials on activations, losses, dropout of maps and text give."""

import math

import numpy as np
import pytest

from exercises import catalogue, reference
from tests.exercises.test_false_alarms import recorded

SLUGS = (
    "class-weights",
    "conv1d-text",
    "focal-loss",
    "global-pooling",
    "relu-family",
    "spatial-dropout",
    "stable-sigmoid-softmax",
)
UNBALANCED = np.repeat([0, 1, 2], [900, 90, 10])


@pytest.mark.parametrize("slug", SLUGS)
def test_the_statement_says_what_is_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words
    rules = exercise.statement.partition("## Rules")[2]
    assert [name for name in exercise.forbidden if f"`{name}`" not in rules] == []
    assert ("NumPy or PyTorch." in rules) == ("torch" in exercise.frameworks)
    assert ("where\n  there is one on a GPU" in rules) == ("cuda" in exercise.devices)
    assert ("## Speed" in exercise.statement) == (exercise.speed is not None)


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_enough_cases_and_mistakes(slug):
    exercise = catalogue.load(slug)
    here = [case for case in exercise.cases if case.device == "cpu"]
    visible = [case for case in here if case.visible]
    assert len(visible) == 3
    assert 8 <= len(here) - len(visible) <= 20
    assert len(exercise.mistakes) >= 14


@pytest.mark.parametrize(
    ("kind", "a", "values", "slopes"),
    [
        ("relu", 0.0, [0, 0, 0, 1, 3], [0, 0, 0, 1, 1]),
        ("leaky_relu", 0.1, [-0.2, -0.05, 0, 1, 3], [0.1, 0.1, 0.1, 1, 1]),
        ("elu", 0.5, [-0.4323, -0.1967, 0, 1, 3], [0.0677, 0.3033, 0.5, 1, 1]),
        ("silu", 0.0, [-0.2384, -0.1888, 0, 0.7311, 2.8577], [-0.0908, 0.26, 0.5, 0.9277, 1.0881]),
        ("gelu", 0.0, [-0.0455, -0.1543, 0, 0.8413, 2.996], [-0.0852, 0.1325, 0.5, 1.0833, 1.0119]),
    ],
)
def test_the_example_of_relu_family(kind, a, values, slopes):
    y, slope = reference.activation(np.array([-2.0, -0.5, 0.0, 1.0, 3.0]), kind, a)
    np.testing.assert_allclose(y, values, atol=5e-5)
    np.testing.assert_allclose(slope, slopes, atol=5e-5)


def test_numbers_of_relu_family():
    x = np.linspace(-8, 8, 160_001)
    for kind, place, lowest, steepest in (
        ("silu", -1.278, -0.278, 1.0998),
        ("gelu", -0.752, -0.170, 1.1289),
    ):
        y, slope = reference.activation(x, kind, 0.0)
        assert x[y.argmin()] == pytest.approx(place, abs=1e-3)
        assert y.min() == pytest.approx(lowest, abs=5e-4)
        assert slope.max() == pytest.approx(steepest, abs=5e-5)
        near = reference.activation(np.array([-1.5, 1.5]), kind, 0.0)[1]
        assert near[0] < 0
        assert near[1] > 1
    gelu = reference.activation(x, "gelu", 0.0)[0]
    by_tanh = x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2
    assert 0.0004 < np.abs(by_tanh - gelu).max() < 0.0005
    assert np.abs(x * reference.sigmoid(1.702 * x) - gelu).max() == pytest.approx(0.02, abs=5e-4)
    assert (1 + math.erf(1)) / 2 == pytest.approx(0.9214, abs=5e-5)
    left = np.random.default_rng(0).standard_normal(100_000)
    leaky = reference.activation(left, "leaky_relu", 0.3)[0]
    assert (leaky**2).mean() == pytest.approx((1 + 0.3**2) / 2, rel=0.02)


def test_numbers_of_stable_sigmoid_softmax():
    z = np.array([5.0, 2.0, 0.0])
    np.testing.assert_allclose(reference.softmax(z, 0), [0.9465, 0.0471, 0.0064], atol=5e-5)
    np.testing.assert_allclose(reference.softmax(z, 0, 4.0), [0.5685, 0.2686, 0.1629], atol=5e-5)
    np.testing.assert_allclose(reference.log_softmax(z, 0), [-0.055, -3.055, -5.055], atol=5e-4)
    assert reference.softmax(z * 4, 0)[0] > 0.9999  # multiplied instead of divided
    found = reference.sigmoid(np.array([0.0, 2.0, -2.0, 1000.0, -40.0, -712.0]))
    np.testing.assert_allclose(found[:4], [0.5, 0.8808, 0.1192, 1.0], atol=5e-5)
    np.testing.assert_allclose(found[4:], [4.248e-18, 6.06e-310], rtol=1e-3)
    assert reference.log_softmax(np.array([10_000.0, 0.0]), 0).tolist() == [0, -10_000]
    with np.errstate(over="ignore"):
        assert 1 / (1 + np.exp(712.0)) == 0 == 1 - reference.sigmoid(np.array(40.0))
        assert np.isinf(np.exp(709.9))
        assert np.isfinite(np.exp(709.7))
        assert np.isinf(np.exp(np.float32(88.8)))
        assert np.isfinite(np.exp(np.float32(88.7)))
    assert np.tanh(-20.0) == -1
    assert math.log(1e-12) == pytest.approx(-27.6, abs=0.05)


def test_numbers_of_global_pooling():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])
    assert reference.global_pool(np.stack([x, -x])[None], "concat").tolist() == [[4, -4, 9, -1]]
    assert (512 * 7 * 7 * 1000, 512 * 1000) == (25_088_000, 512_000)
    assert 25_088_000 // 512_000 == 49


def test_numbers_of_class_weights():
    np.testing.assert_allclose(reference.class_weights(UNBALANCED, 3), [0.37037, 3.7037, 33.333], rtol=1e-4)
    for beta, stated in (
        (0.0, [1, 1, 1]),
        (0.9, [0.995, 0.995, 1.527]),
        (0.99, [0.8652, 1.4534, 9.0479]),
        (0.999, [0.472, 3.257, 28.17]),
        (0.999999, [0.370, 3.704, 33.33]),
    ):
        found = reference.class_weights(UNBALANCED, 3, "effective", beta)
        np.testing.assert_allclose(found, stated, rtol=2e-3)
    labels = np.array([0, 0, 0, 2])
    np.testing.assert_allclose(reference.class_weights(labels, 3, allow_absent=True), [2 / 3, 0, 2])
    np.testing.assert_allclose(reference.sample_weights(labels), [1 / 6, 1 / 6, 1 / 6, 1 / 2])
    sizes = [1.0]
    for _ in range(9):
        sizes.append(1 + 0.9 * sizes[-1])
    assert sizes[-1] == pytest.approx((1 - 0.9**10) / (1 - 0.9))
    assert pytest.approx(33, abs=0.5) == 1000 / 3 / 10  # how often a sampler shows each of ten images


def test_numbers_of_focal_loss():
    logits = np.log(np.array([[0.99, 0.01], [0.9, 0.1], [0.1, 0.9]]))
    target = np.zeros(3, dtype=int)
    entropy = reference.focal_loss(logits, target, 0.0, None, "none")
    losses = reference.focal_loss(logits, target, 2.0, None, "none")
    np.testing.assert_allclose(entropy, [0.01005, 0.10536, 2.30259], rtol=2e-4)
    np.testing.assert_allclose(losses, [0.000001005, 0.00105361, 1.86509], rtol=1e-4)
    np.testing.assert_allclose(losses / entropy, [1e-4, 1e-2, 0.81])
    assert (1e5 * entropy[0], 100 * entropy[2]) == pytest.approx((1005, 230), rel=2e-3)
    assert (1e5 * losses[0], 100 * losses[2]) == pytest.approx((0.1, 187), rel=6e-3)
    weighted = reference.focal_loss(logits[1:], target[1:], 2.0, np.array([0.5, 3.0]))
    assert weighted == pytest.approx(0.466537, abs=1e-6)
    z = np.log(np.array([9.0, 9.0]))
    binary = reference.focal_loss(z, np.array([1, 0]), 2.0, 0.25, "none")
    np.testing.assert_allclose(binary, [0.000263401, 1.39882], rtol=1e-5)
    assert 0.9**2 * entropy[1] == pytest.approx(0.085, abs=5e-4)  # weighted by the wrong probability
    assert -math.log(1e-7) == pytest.approx(16.1, abs=0.05)
    assert -math.log(0.99 / 0.01) == pytest.approx(-4.595, abs=5e-4)


def test_the_gradient_in_the_editorial_of_focal_loss():
    z, step = np.array([0.7]), 1e-6
    p, gamma = float(reference.sigmoid(z)[0]), 2.0
    above, below = (reference.focal_loss(z + d, np.array([1]), gamma) for d in (step, -step))
    stated = (1 - p) ** gamma * (gamma * p * math.log(p) + p - 1)
    assert (above - below) / (2 * step) == pytest.approx(stated, rel=1e-8)


def test_numbers_of_spatial_dropout():
    assert pytest.approx(1.25) == 1 / (1 - 0.2)
    assert 0.5**3 == 1 / 8
    assert 56 * 56 == 3136
    pixels = np.ones((20_000, 1, 3, 3))
    rng = np.random.default_rng(0)
    means = [
        reference.dropout(pixels, 0.5, True, rng)[0].mean(axis=(2, 3)),
        reference.spatial_dropout(pixels, 0.5, True, rng).mean(axis=(2, 3)),
    ]
    assert [one.var() for one in means] == pytest.approx([1 / 9, 1.0], rel=0.05)


def test_spatial_dropout_fails_right_answers_as_rarely_as_it_says(monkeypatch):
    exercise = catalogue.load("spatial-dropout")
    alarms = recorded(monkeypatch)
    candidate = exercise.local(exercise.solutions[0].source)
    for case in exercise.cases:
        case.run(candidate, 1)
    assert len(alarms) == 11
    assert sum(alarms) < 2e-9
    most = max(math.comb(100, k) * 0.3**k * 0.7 ** (100 - k) for k in range(101))
    assert most < 0.09


def test_numbers_of_conv1d_text():
    emb = np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]])
    w, b = np.array([[[1.0, 0.0], [0.0, 1.0]]]), np.array([-0.5])
    assert reference.conv1d_text(emb, w, b).tolist() == [[1.5]]
    later = [reference.conv1d_text(emb[:, t : t + 2], w, b)[0, 0] for t in range(3)]
    assert later == [1.5, 0.5, 0.5]
    assert reference.conv1d_text(emb, w, b, np.array([[False, True, True, True]])).tolist() == [[0.5]]
    assert reference.conv1d_text(emb, w, b - 2).tolist() == [[0]]
    assert pytest.approx(20.3e6, rel=1e-3) == 64 * 124 * 16 * 32 * 5
