"""What a check sends arrives as promised, and what comes back arrives as it was: dtypes, layouts,
odd shapes and values, on the real engine. And arguments that were changed are noticed.
"""

from typing import Any

import numpy as np
import pytest

from exercises import expect
from exercises.candidate import Candidate
from exercises.dsl import torch_tensor
from exercises.failure import Failure, Kind
from exercises.values import Tensor
from grader.candidate import RemoteDriver
from grader.engine import Limits
from tests.grader.engine.support import running

pytestmark = pytest.mark.sandbox

SOURCE = b"""
import numpy as np
def look(x):
    said = {"dtype": str(x.dtype), "shape": x.shape, "strides": x.strides, "writable": x.flags.writeable,
            "bytes": x.tobytes()}
    return said, x
def spoil(x, how):
    exec(how)
    return 1.0
def spoil_two(x, y, more=None):
    (y if more is None else more)[0] = 7
    return 1.0
"""
TORCH = b"""
import torch
def look(x):
    said = {"dtype": str(x.dtype), "shape": tuple(x.shape), "strides": x.stride(), "grad": x.requires_grad,
            "device": str(x.device), "bytes": x.detach().contiguous().numpy().tobytes(),
            "channels_last": x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)}
    return said, x
def back(x, how):
    return eval(how)
def spoil(x, how):
    exec(how)
    return 1.0
def square(x): return x * x
def detached(x): return (x.detach() * x.detach()) + 0 * x
def cut(x): return x.detach()
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(context, x): context.save_for_backward(x); return x * x
    @staticmethod
    def backward(context, out): return out * 2.002 * context.saved_tensors[0]
def wrong(x): return Wrong.apply(x)
def clamped(x): return x * x.clamp(max=1.0)
"""
SHAPE = (2, 3, 4, 5)
LAYOUTS = {
    "C order": lambda x: x,
    "Fortran order": np.asfortranarray,
    "channels last": lambda x: np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "transposed": lambda x: x.transpose(3, 1, 0, 2),
    "reversed": lambda x: x[:, ::-1, :, ::-1],
    "every other": lambda x: x[..., ::2],
    "a slice": lambda x: x[:, 1:2, 1:],
    "broadcast": lambda x: np.broadcast_to(x[:, :1], x.shape),
    "one axis": lambda x: x.reshape(-1),
    "no axis": lambda x: np.array(x[0, 0, 0, 0]),
    "one entry": lambda x: x[:1, :1, :1, :1],
    "empty batch": lambda x: x[:0],
    "empty channels": lambda x: x[:, :0],
    "empty, reversed": lambda x: x[:0, ::-1],
}
DTYPES = ["float32", "float64", "float16", "int8", "int32", "int64", "uint8", "uint64", "bool", "complex64"]
STRANGE = [np.nan, -np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7e308]


def values(dtype: str) -> np.ndarray:
    """Numbers of all sorts that the dtype has, with those that are not finite."""
    rng = np.random.default_rng(11)
    with np.errstate(all="ignore"):
        array = (rng.standard_normal(SHAPE) * 100).astype(dtype)
        if array.dtype.kind in "fc":
            array.reshape(-1)[: len(STRANGE)] = np.array(STRANGE).astype(dtype)
    return array


def promised_strides(x: np.ndarray) -> tuple[int, ...]:
    """The array's own; those of an axis of length 1 and of an empty array mean nothing and are C order's."""
    packed = np.empty(x.shape, x.dtype).strides
    if x.size == 0:
        return packed
    return tuple(own if n > 1 else usual for n, own, usual in zip(x.shape, x.strides, packed, strict=True))


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


@pytest.fixture(scope="module")
def candidate(engine):
    with engine.open("numpy", Limits(seconds=60)) as session:
        session.load(SOURCE)
        yield Candidate(RemoteDriver(session))


@pytest.fixture(scope="module")
def torch_candidate():
    pytest.importorskip("torch")
    with (
        running(("torch",), wait_seconds=90) as engine,
        engine.open("torch", Limits(seconds=60, memory_mb=1024)) as session,
    ):
        session.load(TORCH)
        yield Candidate(RemoteDriver(session))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_an_array_arrives_and_comes_back_exactly(candidate, dtype, layout):
    x = LAYOUTS[layout](values(dtype))
    mine = x.tobytes()
    said, back = candidate.look(x)
    assert (said["dtype"], said["shape"], said["bytes"]) == (dtype, x.shape, mine)
    assert said["writable"]
    assert said["strides"] == promised_strides(x)
    assert (back.dtype, back.shape, back.strides) == (x.dtype, x.shape, said["strides"])
    assert back.tobytes() == mine == x.tobytes()
    expect.equal(back, x)
    expect.close(back, x, rtol=0, atol=0)


def test_a_view_of_much_memory_arrives_packed(candidate):
    said, _ = candidate.look(np.arange(1e4).reshape(100, 100)[::25, ::25])
    assert said["strides"] == (32, 8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scalars_keep_their_type(candidate, dtype):
    said, back = candidate.look(np.dtype(dtype).type(1.1))
    assert (said["dtype"], said["shape"]) == (dtype, ())
    assert float(back) == float(np.dtype(dtype).type(1.1))


# Arguments that were changed

SPOILS = {
    "in place": "x += 1",
    "one entry": "x[0, 0] = 99",
    "the last entry": "x[-1, -1] = 99",
    "through a view": "x[::-1].T[:1] *= 2",
    "through a flat view": "x.flat[3] = 5",
    "through the buffer": "memoryview(x.T)[0, 0] = 5.0",
    "to NaN": "x[0, 0] = np.nan",
    "the smallest step": "x[1, 1] = np.nextafter(x[1, 1], 1e9)",
    "through the address": "import ctypes; ctypes.c_double.from_address(x.ctypes.data).value = 7",
    "sorted": "x.sort(axis=1); x[...] = x[:, ::-1].copy()",
    "as out": "np.multiply(x, 2, out=x)",
    "resized": "x.shape = (x.size,)",
    "of another dtype": "x.dtype = np.int64",
}
HARMLESS = {
    "nothing": "pass",
    "a copy": "x = x + 1",
    "restored": "x += 1; x -= 1",
    "the name": "x = None",
}


def matrix(layout: str) -> np.ndarray:
    x = np.arange(12.0).reshape(3, 4) * 4
    return {"C": x, "F": np.asfortranarray(x), "reversed": x[::-1], "view": np.tile(x, 2)[:, ::2]}[layout]


@pytest.mark.parametrize("layout", ["C", "F", "reversed", "view"])
@pytest.mark.parametrize("how", SPOILS)
def test_a_changed_array_is_noticed(candidate, how, layout):
    x = matrix(layout)
    kept = x.copy()
    if how in ("resized", "of another dtype") and layout != "C":
        pytest.skip("NumPy refuses to do that to this layout")
    with pytest.raises(Failure) as failure:
        expect.inputs_unchanged(candidate.spoil, x, SPOILS[how])
    assert failure.value.kind is Kind.MUTATION
    assert "argument 1" in failure.value.message
    assert (x == kept).all()  # the judge's own


@pytest.mark.parametrize("how", HARMLESS)
def test_an_array_that_is_as_before_is_none(candidate, how):
    assert expect.inputs_unchanged(candidate.spoil, matrix("view"), HARMLESS[how]) == 1.0


@pytest.mark.parametrize(
    ("args", "kwargs", "name"),
    [
        ((1, [1, 2]), {}, "argument 2"),
        ((1, {0: 1}), {}, "argument 2"),
        ((1, 2), {"more": [1, 2]}, "argument 'more'"),
        ((1, [np.zeros(3)]), {}, "argument 2"),
        ((1, 2), {"more": np.array([np.nan, 2.0])}, "argument 'more'"),
    ],
)
def test_other_arguments_are_watched_too(candidate, args, kwargs, name):
    with pytest.raises(Failure, match=name):
        expect.inputs_unchanged(candidate.spoil_two, *args, **kwargs)


def test_arguments_that_are_not_finite_are_no_change(candidate):
    x = np.array([np.nan, np.inf, -np.inf, 0.0])
    assert expect.inputs_unchanged(candidate.spoil, x, "pass") == 1.0


# Torch


def torch_strides(x: np.ndarray) -> tuple[int, ...]:
    """In elements; torch has no negative strides: such an array arrives in memory of its own."""
    x = x.copy(order="K") if any(step < 0 for step in x.strides) else x
    return tuple(step // x.itemsize for step in promised_strides(x))


@pytest.mark.torch
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "uint8", "bool", "complex64"])
def test_a_tensor_arrives_and_comes_back_exactly(torch_candidate, dtype, layout):
    x = LAYOUTS[layout](values(dtype))
    said, back = torch_candidate.look(torch_tensor(x))
    assert (said["dtype"], said["shape"], said["bytes"]) == (f"torch.{dtype}", x.shape, x.tobytes())
    assert (said["device"], said["grad"]) == ("cpu", False)
    if x.size:
        assert said["strides"] == torch_strides(x)
    if layout == "channels last":
        assert said["channels_last"]
    assert isinstance(back, Tensor)
    assert (back.array.dtype, back.array.shape, back.device) == (x.dtype, x.shape, "cpu")
    assert back.array.tobytes() == x.tobytes()


@pytest.mark.torch
def test_the_gradient_flag_travels_both_ways(torch_candidate):
    said, back = torch_candidate.look(torch_tensor(np.ones(3), requires_grad=True))
    assert said["grad"]
    assert back.requires_grad


@pytest.mark.torch
@pytest.mark.parametrize(
    ("how", "same"),
    [
        ("x.T", lambda x: x.T),
        ("x.flip(1)", lambda x: x[:, ::-1]),
        ("x[:, ::2]", lambda x: x[:, ::2]),
        ("x.expand(2, 3, 4)", lambda x: np.broadcast_to(x, (2, 3, 4))),
        ("x.double().conj()", lambda x: x),
        ("x.neg().neg()", lambda x: x),
        ("torch.nn.Parameter(x)", lambda x: x),
        ("x.requires_grad_() * 1", lambda x: x),
        ("x[:0]", lambda x: x[:0]),
        ("x.sum()", lambda x: x.sum()),
        ("x.to(torch.bfloat16)", lambda x: x),
        ("x.long()", lambda x: x.astype(np.int64)),
        ("torch.complex(x, x).imag", lambda x: x),
    ],
)
def test_whatever_a_tensor_looks_like_its_values_come_back(torch_candidate, how, same):
    x = np.arange(12.0).reshape(3, 4)
    expect.close(torch_candidate.back(torch_tensor(x), how), torch_tensor(np.array(same(x))), rtol=0, atol=0)


@pytest.mark.torch
@pytest.mark.parametrize(
    "how",
    ["x.add_(1)", "x.view(-1)[0] = 9", "x.T[0, 0] = 9", "x.data.zero_()", "x.numpy()[0, 0] = 9", "x.t_()"],
)
def test_a_changed_tensor_is_noticed(torch_candidate, how):
    x = torch_tensor(np.arange(1.0, 13.0).reshape(3, 4))
    with pytest.raises(Failure) as failure:
        expect.inputs_unchanged(torch_candidate.spoil, x, how)
    assert failure.value.kind is Kind.MUTATION


def gradients_of(candidate: Any, name: str) -> Any:
    x, seed = np.array([[0.5, -2.0, 3.0]]), np.array([[1.0, 10.0, -1.0]])
    _, (found,) = getattr(candidate, name).with_gradients(torch_tensor(x), of=(0,), seed=seed)
    return found


def check_gradient(found: Any) -> None:
    expect.close(found, torch_tensor(2 * np.array([[0.5, -2.0, 3.0]]) * np.array([[1.0, 10.0, -1.0]])))


@pytest.mark.torch
def test_a_right_gradient_is_accepted(torch_candidate):
    check_gradient(gradients_of(torch_candidate, "square"))


@pytest.mark.torch
@pytest.mark.parametrize("name", ["wrong", "detached", "clamped"])
def test_a_wrong_gradient_is_rejected(torch_candidate, name):
    """Whose values are right, or nearly always right."""
    with pytest.raises(Failure) as failure:
        check_gradient(gradients_of(torch_candidate, name))
    assert failure.value.kind is Kind.VALUES


@pytest.mark.torch
def test_a_gradient_that_does_not_flow_is_an_exception(torch_candidate):
    with pytest.raises(Exception, match="no gradient can flow"):
        gradients_of(torch_candidate, "cut")
