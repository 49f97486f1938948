"""Trusted modules in this process, in the cases' terms."""

import numpy as np
import pytest

from exercises.candidate import Raised
from exercises.diagnosis import agree
from exercises.dsl import random_for, torch_tensor
from exercises.local import LocalCandidate
from exercises.values import Ref, Tensor

SOURCE = """
import numpy as np

class Layer:
    def __init__(self, size):
        self.size = size
        self.inner = self

    def __call__(self, x):
        return x * self.size

    def again(self, x):
        return self(self(x))

def make(size):
    return {"layer": Layer(size)}

def spoil(x):
    x += 1
    return x

def draw(rng):
    return rng.random()

def fail():
    return undefined_name
"""


@pytest.fixture
def candidate() -> LocalCandidate:
    return LocalCandidate(SOURCE)


def test_objects_are_called_read_and_set(candidate):
    layer = candidate.Layer(3)
    assert layer(2.0) == 6.0
    assert layer.again(1.0) == 9.0
    assert layer.size == 3
    assert layer.inner.inner.size == 3
    layer.size = 5
    assert layer(2.0) == 10.0
    assert candidate.make(4)["layer"](1.0) == 4.0


def test_an_object_can_be_an_argument(candidate):
    source = SOURCE + "\ndef size_of(layer):\n    return layer.size\n"
    candidate = LocalCandidate(source)
    assert candidate.size_of(candidate.Layer(7)) == 7


def test_arguments_are_copies(candidate):
    x = np.zeros(2)
    value, after = candidate.spoil.with_inputs(x)
    assert x.tolist() == [0, 0]
    assert value.tolist() == after[0].tolist() == [1, 1]


def test_a_generator_advances_over_calls(candidate):
    shared = candidate.generator(3)
    drawn = [candidate.draw(shared), candidate.draw(shared), candidate.draw(candidate.generator(3))]
    expected = np.random.default_rng(3)
    assert drawn[:2] == [expected.random(), expected.random()]
    assert drawn[2] == drawn[0]


def test_exceptions_carry_classes_and_lines(candidate):
    with pytest.raises(Raised) as caught:
        candidate.fail()
    raised = caught.value
    assert raised.type_name == "NameError"
    assert raised.is_a("Exception")
    assert raised.frames[-1].function == "fail"
    assert SOURCE.splitlines()[raised.frames[-1].line - 1].strip() == "return undefined_name"


def test_provided_modules_do_not_leak(candidate):
    source = "from given import SECRET\ndef f():\n    import given\n    return given.SECRET + SECRET\n"
    assert LocalCandidate(source, provided={"given": "SECRET = 4"}).f() == 8
    with pytest.raises(ModuleNotFoundError):
        LocalCandidate(source)


@pytest.mark.torch
def test_tensors_and_gradients():
    pytest.importorskip("torch")
    source = "def f(x, w):\n    assert x.requires_grad\n    return (x * w).sum(0)\n"
    candidate = LocalCandidate(source)
    x = torch_tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    w = torch_tensor(np.full((2, 3), 2.0))
    value, (gradient,) = candidate.f.with_gradients(x, w, of=(0,), seed=np.array([1.0, 0.0, 3.0]))
    assert isinstance(value, Tensor)
    assert value.requires_grad
    assert value.array.tolist() == [6.0, 10.0, 14.0]
    assert gradient.array.tolist() == [[2.0, 0.0, 6.0]] * 2


def test_random_numbers_depend_on_seed_and_name_only():
    drawn = {
        (seed, name): random_for(seed, name).random()
        for seed in (1, 2, 2**61)
        for name in ("one case", "other")
    }
    assert len(set(drawn.values())) == 6
    assert random_for(2**61, "other").random() == drawn[(2**61, "other")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0 + 1e-12, np.nan]), True),
        (np.zeros((1, 3)), np.zeros(3), False),
        (np.zeros(3), np.zeros(3, dtype=int), False),
        ((1, [2.0]), (1, [2.0]), True),
        ((1,), [1], False),
        (Tensor(np.ones(2)), Tensor(np.ones(2)), True),
        (Tensor(np.ones(2)), np.ones(2), False),
        (Ref(1, "A"), Ref(2, "B"), True),
        (Ref(1, "A"), None, False),
        ("a", "a", True),
    ],
)
def test_agreement_of_outputs(one, other, same):
    assert agree(one, other) is same


REVERSED = "import numpy as np\n{}\ndef strides(x):\n    return list(x.strides), x.copy()\n"


@pytest.mark.parametrize(("imports", "backwards"), [("", True), ("import torch", False)])
def test_axes_that_run_backwards_reach_answers_in_numpy_only(imports, backwards):
    """PyTorch has no tensors with negative strides, so `torch.as_tensor` would refuse them."""
    if imports:
        pytest.importorskip("torch")
    x = np.arange(12.0).reshape(3, 4).T[:, ::-1]
    strides, back = LocalCandidate(REVERSED.format(imports)).strides(x)
    assert (min(strides) < 0) == backwards
    assert abs(strides[0]) < abs(strides[1])  # still transposed
    np.testing.assert_array_equal(back, x)
