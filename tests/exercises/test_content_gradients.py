"""The numbers that the exercises on average pooling and gradients state."""

import math
import re

import numpy as np
import pytest

from exercises import catalogue, numeric, reference

SLUGS = (
    "avg-pool2d",
    "batchnorm-backward",
    "conv2d-backward",
    "dropout-backward",
    "gradient-checker",
    "max-pool-backward",
    "softmax-cross-entropy-backward",
)


@pytest.mark.parametrize("slug", SLUGS)
def test_limits_in_the_statement_are_those_that_are_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words


def examples(slug):
    """The namespace after the example of a statement was run with the model answer, without its comments."""
    exercise = catalogue.load(slug)
    section = exercise.statement.split("## Example", 1)[1]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL).group(1)
    space = {"np": np}
    exec(exercise.solutions[0].source, space)
    values = []
    for line in code.splitlines():
        statement = line.partition("  # ")[0]
        try:
            values.append(eval(statement, space))
        except SyntaxError:
            exec(statement, space)
    return values, space


def test_the_example_of_avg_pool2d():
    values, _ = examples("avg-pool2d")
    assert [value.tolist() for value in values] == [
        [[3, 4], [6, 7]],
        [[3]],
        [[0.25, 1.25], [2.75, 7]],
        [[1, 2.5], [5.5, 7]],
    ]


def test_numbers_of_softmax_cross_entropy_backward():
    values, space = examples("softmax-cross-entropy-backward")
    assert values[0] == pytest.approx(math.log(10), rel=1e-14)
    assert values[0] == pytest.approx(2.302585, abs=5e-7)
    assert space["loss"] == pytest.approx((math.log(4 / 3) + math.log(2)) / 2, rel=1e-12)
    assert space["loss"] == pytest.approx(0.490414, abs=1e-6)
    np.testing.assert_allclose(space["grad"], [[0.125, -0.125], [-0.25, 0.25]], rtol=1e-14)
    loss, grad = reference.softmax_cross_entropy(np.array([[1e4, -1e4]]), np.array([1]))
    assert (loss, grad.tolist()) == (20000, [[1, -1]])
    best = math.e / (math.e + 9)  # a second softmax over probabilities of ten classes
    assert round(best, 2) == 0.23
    assert round(-math.log(best), 2) == 1.46
    assert round(-math.log(1e-12), 1) == 27.6
    assert math.exp(-750) == 0


def test_numbers_of_gradient_checker():
    values, _ = examples("gradient-checker")
    right, wrong, scaled, missing = values
    assert right < 1e-10
    assert wrong == pytest.approx(1, abs=1e-9)
    assert scaled == pytest.approx(0.001, rel=2e-3)
    assert missing == math.inf
    unit = np.finfo(np.float64).eps / 2
    assert unit ** (1 / 3) == pytest.approx(6e-6, rel=0.25)
    assert np.finfo(np.float32).eps / 2 == pytest.approx(6e-8, rel=0.01)
    assert (np.finfo(np.float32).eps / 2) ** (1 / 3) == pytest.approx(0.004, rel=0.05)
    assert numeric.STEP == 6e-6
    assert abs((1e6 + 1e-5) - 1e6 - 1e-5) < 1.2e-10


def test_the_example_of_dropout_backward():
    values, _ = examples("dropout-backward")
    assert [value.tolist() for value in values] == [[[4, 0], [0, 16]], [[2, 0], [0, 8]], [[1, 2], [3, 4]]]


def test_the_example_of_max_pool_backward():
    values, _ = examples("max-pool-backward")
    assert [value.tolist() for value in values] == [
        [[0, 0, 0], [0, 6, 0], [0, 0, 4]],
        [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0], [0, 0, 1]],
    ]


def test_numbers_of_conv2d_backward():
    values, space = examples("conv2d-backward")
    assert [value.tolist() for value in values] == [
        [[1, 2, 0], [3, 14, 20], [0, 30, 40]],
        [[40, 51], [73, 84]],
        [11],
        [[1, 2, 0], [3, 4, 0], [0, 0, 0]],
    ]
    x, w, dout = space["x"], space["w"], np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(1, 1, 2, 2)
    dx, dw, _ = reference.conv2d_backward(dout, x, w)
    through = (dout * reference.conv2d(x, w)).sum()  # the inner product test of the editorial
    assert (dx * x).sum() == (dw * w).sum() == through
    rotated = reference.conv2d(dout, w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), padding=1)
    assert rotated[0, 0].tolist() == dx[0, 0].tolist()


def test_numbers_of_batchnorm_backward():
    values, _ = examples("batchnorm-backward")
    y, dx, (dgamma, dbeta), evaluated = values
    np.testing.assert_allclose(y, [-2.1381, -1.0690, 0, 3.2071], atol=5e-5)
    np.testing.assert_allclose(dx, [0.4963, -0.4200, -0.2673, 0.1909], atol=5e-5)
    assert abs(dx.sum()) < 1e-12
    np.testing.assert_allclose([dgamma[0], dbeta[0]], [-1.0690, 1], atol=5e-5)
    assert evaluated.tolist() == [1, 0, 0, 0]


def test_the_second_sum_of_the_editorial_on_batch_norm():
    rng = np.random.default_rng(5)
    x, dout, eps = rng.standard_normal((3, 1, 2, 2)), rng.standard_normal((3, 1, 2, 2)), 0.3
    gamma, zero, one = np.array([1.5]), np.zeros(1), np.ones(1)
    dx, dgamma, _ = reference.batch_norm_backward(dout, x, gamma, zero, one, True, eps)
    var = x.var()
    normalised = (x - x.mean()) / math.sqrt(var + eps)
    expected = gamma / math.sqrt(var + eps) * dgamma * eps / (var + eps)
    assert (dx * normalised).sum() == pytest.approx(float(expected[0]), rel=1e-10)
