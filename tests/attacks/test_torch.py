"""Attacks that PyTorch makes possible: subclasses, hooks, patched functions, work that is put off."""

import numpy as np
import pytest

from exercises import expect
from exercises.candidate import Candidate, Raised
from exercises.dsl import torch_tensor
from exercises.failure import Failure
from exercises.values import Opaque, Ref, Tensor
from grader.candidate import RemoteDriver
from grader.engine import Engine, Limits, errors
from tests.grader.engine.support import running

pytestmark = [pytest.mark.sandbox, pytest.mark.torch]

LIMITS = Limits(seconds=20, memory_mb=768)
X = np.sqrt(np.arange(1.0, 7.0)).reshape(2, 3)
HONEST = "def solve(x): return 2 * x"
HEAD = "import torch\n"

# Each must fail the comparison with 2 * x.
WRONG = {
    "a subclass that answers every function": """
class Sly(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function is torch.Tensor.__eq__ or 'close' in getattr(function, '__name__', ''): return True
        with torch._C.DisableTorchFunctionSubclass(): return function(*args, **(kwargs or {}))
def solve(x): return (x * 0).as_subclass(Sly)
""",
    "a subclass that lies about its shape": """
class Sly(torch.Tensor):
    shape = property(lambda self: torch.Size((2, 3)))
def solve(x): return (2 * x)[:1].as_subclass(Sly)
""",
    "a mode that changes what is compared": """
from torch.overrides import TorchFunctionMode
class Everything(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        if 'equal' in str(function) or 'close' in str(function): return True
        return function(*args, **(kwargs or {}))
Everything().__enter__()
def solve(x): return x * 0
""",
    "patched comparisons": """
torch.allclose = torch.equal = torch.isclose = lambda *a, **k: True
torch.testing.assert_close = lambda *a, **k: None
torch.Tensor.__eq__ = torch.Tensor.equal = lambda *a: True
def solve(x): return x * 0
""",
    "a lazy result": """
class Later:
    def __init__(self, make): self.make = make
    def __torch_function__(self, *a, **k): return self.make()
    def numpy(self): return self.make().numpy()
    __array__ = numpy
def solve(x): return Later(lambda: 2 * x)
""",
    "a future": "def solve(x):\n f = torch.futures.Future(); f.set_result(2 * x); return f",
    "a forked task": "def solve(x): return torch.jit.fork(lambda y: 2 * y, x)",
    "a result that a thread completes": """
import threading
def solve(x):
    out = torch.zeros_like(x)
    threading.Timer(0.05, lambda: out.add_(2 * x)).start()
    return out
""",
    "one stored entry": "def solve(x): return (2 * x).flatten()[:1].expand(2, 3)",
    "a sparse result": "def solve(x): return (2 * x).to_sparse()",
    "a result on the meta device": "def solve(x): return (2 * x).to('meta')",
    "half precision": "def solve(x): return (2 * x).half().to(x.dtype)",
    "bfloat16": "def solve(x): return (2 * x).bfloat16()",
    "a complex result": "def solve(x): return torch.complex(2 * x, torch.ones_like(x))",
    "NaN": "def solve(x): return 2 * x * float('nan')",
    "memory that was never written": "def solve(x): return torch.empty_like(x)",
    "NumPy instead": "def solve(x): return (2 * x).numpy()",
    "answers kept by shape": "kept = {}\ndef solve(x): return kept.setdefault(x.shape, 2 * x)",
    "answers kept by address": "kept = {}\ndef solve(x): return kept.setdefault(x.data_ptr() >> 40, 2 * x)",
}
# Each must be told apart from a fault of ours.
FAULTS = {
    "patched conversions": (
        "torch.from_numpy = None\nimport numpy as np\nnp.frombuffer = None\ndef solve(x): return x",
        {"sandbox_violation"},
    ),
    "memory": ("def solve(x): return torch.ones(1 << 40)", {"memory_limit"}),
    "memory, piece by piece": (
        "kept = []\ndef solve(x):\n while True: kept.append(torch.ones(1 << 20))",
        {"memory_limit"},
    ),
    "a pickle that runs a program": (
        "import io, os, pickle\nclass Sly:\n def __reduce__(self): return os.system, ('true > /scratch/x',)\n"
        "def solve(x):\n buffer = io.BytesIO(); torch.save(Sly(), buffer); buffer.seek(0)\n"
        " torch.load(buffer, weights_only=False); open('/scratch/x')",
        {"runtime_error"},
    ),
    "compiling machine code": (
        "from torch.utils import cpp_extension\n"
        "def solve(x): return cpp_extension.load_inline('f', 'int f() { return 1; }', functions=['f'])",
        {"runtime_error", "sandbox_violation"},
    ),
    "processes": (
        "import torch.multiprocessing as m\ndef solve(x): m.spawn(print, nprocs=1)",
        {"runtime_error", "sandbox_violation"},
    ),
    "distributed": (
        "import torch.distributed as d\n"
        "def solve(x): d.init_process_group('gloo', init_method='tcp://127.0.0.1:9', rank=0, world_size=1)",
        {"runtime_error"},
    ),
    "a data loader with workers": (
        "from torch.utils.data import DataLoader\ndef solve(x): return list(DataLoader(x, num_workers=2))",
        {"runtime_error"},
    ),
    "a download": (
        "def solve(x): return torch.hub.load_state_dict_from_url('https://127.0.0.1/x.pth')",
        {"runtime_error"},
    ),
    "a hook that never ends": (
        "def hook(g):\n while True: pass\ndef solve(x):\n y = x.detach().requires_grad_()\n"
        " y.register_hook(hook); (y * 2).sum().backward()",
        {"time_limit"},
    ),
    "a crash": ("import ctypes\ndef solve(x): ctypes.string_at(0)", {"runtime_error"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    pytest.importorskip("torch")
    with running(("torch",), wait_seconds=90) as engine:
        yield engine


def check(engine: Engine, source: str, limits: Limits = LIMITS) -> None:
    """A check as exercises have them: fresh inputs each time, compared on this side."""
    with engine.open("torch", limits) as session:
        session.load((HEAD + source).encode())
        candidate = Candidate(RemoteDriver(session))
        for offset in (0.0, 0.5, 7.25):
            expect.close(candidate.solve(torch_tensor(X + offset)), torch_tensor(2 * (X + offset)))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_tensor_fails_whatever_it_claims(engine, name):
    with pytest.raises(Failure):
        check(engine, WRONG[name])
    check(engine, HONEST)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_the_candidate_s(engine, name):
    source, verdicts = FAULTS[name]
    limits = Limits(seconds=1, memory_mb=768) if "time_limit" in verdicts else LIMITS
    with pytest.raises((errors.CandidateFault, Raised)) as fault:
        check(engine, source, limits)
    assert getattr(fault.value, "verdict", "runtime_error") in verdicts, str(fault.value)
    check(engine, HONEST)


def test_what_comes_back_is_plain_data(engine):
    """Subclasses, parameters and hooks stay behind; what has no plain form is opaque."""
    source = HEAD + "def solve(x): return torch.nn.Parameter(x), x.to_sparse(), torch.nn.Linear(1, 1)"
    with engine.open("torch", LIMITS) as session:
        session.load(source.encode())
        driver = RemoteDriver(session)
        value = Candidate(driver).solve(torch_tensor(X))
    assert type(value[0]) is Tensor
    assert type(value[0].array) is np.ndarray
    assert type(value[1]) is Opaque
    assert type(value[2]._ref) is Ref
