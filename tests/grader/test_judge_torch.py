"""Torch exercises on the real engine: tensors, gradients, provided code and objects by handle."""

import numpy as np
import pytest

from exercises import catalogue
from exercises.candidate import Candidate
from exercises.dsl import torch_tensor
from exercises.local import LocalCandidate
from exercises.values import Tensor
from grader.candidate import RemoteDriver
from grader.engine import Limits
from grader.judge import judge
from grader.report import Verdict
from tests.grader.engine.support import running

pytestmark = [pytest.mark.sandbox, pytest.mark.torch]
SOURCE = """
import torch

class Layer(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(size)

    def forward(self, x):
        return self.norm(x)

def weighted(x, w):
    return (x * w).sum(0)

def draw(rng):
    return torch.rand(3, generator=rng)
"""


@pytest.fixture(scope="module")
def torch_engine():
    pytest.importorskip("torch")
    with running(("torch",), wait_seconds=90) as engine:
        yield engine


@pytest.fixture(params=["local", "remote"])
def candidate(request):
    """The same module in this process and in the sandbox: checks must not see a difference."""
    if request.param == "local":
        pytest.importorskip("torch")
        yield LocalCandidate(SOURCE)
        return
    with request.getfixturevalue("torch_engine").open("torch", Limits(seconds=20, memory_mb=1024)) as session:
        session.load(SOURCE.encode())
        yield Candidate(RemoteDriver(session))


def test_modules_are_used_through_attributes_methods_and_calls(candidate):
    layer = candidate.Layer(2)
    assert layer.training is True
    layer.eval()
    assert layer.training is False
    assert layer.norm.training is False
    layer.norm.train(True)
    assert layer.norm.training is True
    out = layer(torch_tensor(np.array([[1.0, 2.0], [3.0, 6.0]], np.float32)))
    assert isinstance(out, Tensor)
    np.testing.assert_allclose(layer.norm.running_mean.array, [0.2, 0.4], rtol=1e-6)
    layer.norm.momentum = 0.5
    assert layer.norm.momentum == 0.5


def test_gradients_are_taken_beside_the_candidate(candidate):
    x = torch_tensor(np.arange(6.0).reshape(2, 3))
    w = torch_tensor(np.full((2, 3), 2.0))
    value, (of_x, of_w) = candidate.weighted.with_gradients(x, w, of=(0, 1), seed=np.array([1.0, 0.0, 3.0]))
    assert value.array.tolist() == [6.0, 10.0, 14.0]
    assert of_x.array.tolist() == [[2.0, 0.0, 6.0]] * 2
    assert of_w.array.tolist() == [[0.0, 0.0, 6.0], [3.0, 0.0, 15.0]]


def test_a_torch_generator_advances_over_calls(candidate):
    shared = candidate.generator(4, kind="torch")
    first, second = candidate.draw(shared).array, candidate.draw(shared).array
    again = candidate.draw(candidate.generator(4, kind="torch")).array
    assert first.tolist() == again.tolist() != second.tolist()


@pytest.mark.parametrize("mistake", [None, "dropout_left", "root_flag_only"])
def test_the_debugging_exercise_is_judged_and_diagnosed(torch_engine, mistake):
    exercise = catalogue.load("bn-eval-mode-bug")
    found = [one.source for one in exercise.mistakes if one.name == mistake]
    source = found[0] if found else exercise.solutions[0].source
    report = judge(exercise, source.encode(), engine=torch_engine, seed=11)
    if mistake is None:
        assert report.verdict is Verdict.ACCEPTED
    else:
        assert report.verdict is Verdict.WRONG_ANSWER
        assert mistake in {case.mistake for case in report.cases}
