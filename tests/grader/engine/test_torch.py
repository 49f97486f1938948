"""The torch profile: tensors, modules, gradients. The trusted side never imports torch."""

import subprocess
import sys

import numpy as np
import pytest

from grader.engine import Gradients, Limits, TensorValue, errors, wire
from tests.grader.engine.support import honest_is_accepted

pytestmark = [pytest.mark.sandbox, pytest.mark.torch]

ROOMY = Limits(seconds=10, memory_mb=512)
SOURCE = b"""
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(1, n, 3)
    def forward(self, x): return self.conv(x).relu()
def kind(x): return [str(x.dtype), list(x.stride()), x.requires_grad, str(x.device)]
def same(x): return x
def cube(x, y): return (x ** 3 * y).sum(dim=1)
def detached(x): return x.detach() * 2
def draw(rng, n): return torch.randn(n, generator=rng)
def train(steps):
    net, x = Net(2), torch.randn(4, 1, 8, 8)
    optimizer = torch.optim.Adam(net.parameters())
    for _ in range(steps):
        loss = net(x).square().mean(); optimizer.zero_grad(); loss.backward(); optimizer.step()
    return float(loss)
def threads(): return torch.get_num_threads()
def allocate(): return torch.ones(1 << 28).sum()
def seed(): return torch.initial_seed()
"""


@pytest.fixture
def session(torch_engine):
    with torch_engine.open("torch", ROOMY) as session:
        session.load(SOURCE)
        yield session


def test_tensors_travel_with_dtype_strides_and_flag(session):
    array = np.arange(6, dtype=np.float32).reshape(2, 3).T
    assert session.call("kind", (TensorValue(array, requires_grad=True),)).value == [
        "torch.float32",
        [1, 3],
        True,
        "cpu",
    ]
    assert session.call("kind", (TensorValue(array, dtype="bfloat16"),)).value[0] == "torch.bfloat16"


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16", "int64", "bool"])
def test_tensors_come_back_as_data(session, dtype):
    source = np.array([[0, 1], [1, 0]]).astype("float32" if dtype == "bfloat16" else dtype)
    value = session.call("same", (TensorValue(source, dtype=dtype),)).value
    assert isinstance(value, TensorValue)
    assert value.dtype == dtype
    assert (value.array == source).all()


def test_arrays_stay_arrays(session):
    assert isinstance(session.call("same", (np.ones(2),)).value, np.ndarray)


def test_modules_are_driven_by_handle(session):
    net = session.call("Net", (2,)).value
    assert net.type_name == "Net"
    state = session.call((net, "state_dict")).value
    assert {name: value.array.shape for name, value in state.items()} == {
        "conv.weight": (2, 1, 3, 3),
        "conv.bias": (2,),
    }
    assert state["conv.weight"].requires_grad is False
    session.call(
        (net, "load_state_dict"), ({name: TensorValue(np.ones_like(v.array)) for name, v in state.items()},)
    )
    out = session.call(net, (TensorValue(np.ones((1, 1, 3, 3), np.float32)),)).value
    assert (out.array == 10).all()
    assert out.requires_grad
    session.call((net, "eval"))
    assert session.attribute(net, "training").value is False


def test_gradients_are_taken_in_the_child(session):
    x, y = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
    reply = session.call(
        "cube", (TensorValue(x), TensorValue(y)), gradients=Gradients(of=(0, 1), seed=np.array([2.0]))
    )
    assert np.allclose(reply.value.array, [3 + 32])
    assert np.allclose(reply.gradients[0].array, 2 * 3 * x**2 * y)
    assert np.allclose(reply.gradients[1].array, 2 * x**3)


def test_gradients_by_keyword(session):
    arguments = {"x": TensorValue(np.ones((1, 2))), "y": TensorValue(np.ones((1, 2)))}
    reply = session.call("cube", (), arguments, gradients=Gradients(of=("y",)))
    assert np.allclose(reply.gradients[0].array, 1)


def test_a_result_without_a_graph_is_the_candidate_s_fault(session):
    with pytest.raises(errors.CandidateRaised, match="no gradient can flow"):
        session.call("detached", (TensorValue(np.ones(2)),), gradients=Gradients(of=(0,)))


def test_torch_generators_advance(session):
    generator = wire.Generator(3, kind="torch")
    first, second = (session.call("draw", (generator, 4)).value.array for _ in range(2))
    again = session.call("draw", (wire.Generator(3, kind="torch"), 4)).value.array
    assert not (first == second).all()
    assert (first == again).all()


def test_training_works_and_is_fast(session):
    reply = session.call("train", (3,))
    assert reply.value > 0
    assert reply.seconds < 2


def test_children_differ_in_their_seed(torch_engine):
    seeds = set()
    for _ in range(3):
        with torch_engine.open("torch", ROOMY) as session:
            session.load(SOURCE)
            seeds.add(session.call("seed").value)
    assert len(seeds) == 3


def test_threads_follow_the_limit(torch_engine):
    for threads in (1, 2):
        with torch_engine.open("torch", Limits(seconds=10, threads=threads)) as session:
            session.load(SOURCE)
            assert session.call("threads").value == threads
            assert session.call("train", (2,)).value > 0


def test_a_large_tensor_is_a_memory_limit(session):
    with pytest.raises(errors.MemoryLimit, match="512 MB"):
        session.call("allocate")


def test_a_sparse_tensor_is_opaque(torch_engine):
    with torch_engine.open("torch", ROOMY) as session:
        session.load(b"import torch\ndef solve(): return torch.eye(3).to_sparse()")
        assert "sparse" in session.call("solve").value.type_name


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("import torch.multiprocessing as m\ndef solve(): m.Process(target=print).start()", "runtime_error"),
        ("import torch.utils.cpp_extension as c\ndef solve(): c.load_inline('x', 'int x;')", "runtime_error"),
        ("import torch\ndef solve(): return torch.ones(1 << 24, requires_grad=True)", "output_limit"),
        ("import torch\ndef solve():\n while True: torch.ones(99).sum()", "time_limit"),
    ],
    ids=["processes", "compilers", "a large result", "an endless loop"],
)
def test_attacks_by_way_of_torch_come_to_nothing(torch_engine, source, verdict):
    limits = Limits(seconds=2 if verdict == "time_limit" else 20, memory_mb=512, result_bytes=1 << 20)
    with torch_engine.open("torch", limits) as session:
        session.load(source.encode())
        with pytest.raises(errors.CandidateFault) as raised:
            session.call("solve")
    assert raised.value.verdict == verdict
    assert honest_is_accepted(torch_engine, "torch")


def test_a_tensor_subclass_arrives_as_plain_data(torch_engine):
    source = b"""
import torch
class Sly(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return super().__torch_function__(function, types, args, kwargs or {})
    def __eq__(self, other): return True
def solve(): return torch.zeros(2).as_subclass(Sly)
"""
    with torch_engine.open("torch", ROOMY) as session:
        session.load(source)
        value = session.call("solve").value
    assert type(value) is TensorValue
    assert type(value.array) is np.ndarray


def test_honest_work_goes_on(torch_engine):
    assert honest_is_accepted(torch_engine, "torch")


def test_the_trusted_side_does_not_import_torch():
    code = "import sys, grader.engine.spawn\nsys.exit('torch' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
