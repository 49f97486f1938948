"""Which inputs feed a cell: found by changing them, for calls where that can be done, within a budget."""

import time

import numpy as np
import pytest

from exercises import feeding
from exercises.candidate import Call, Candidate, Raised
from exercises.dsl import torch_tensor
from exercises.failure import Compared
from exercises.local import LocalDriver
from exercises.values import Generator

SOURCE = """
import numpy as np

def conv2d(x, w, b=None, stride=1, padding=0, dilation=1):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    (kh, kw), (height, width) = w.shape[2:], x.shape[2:]
    rows = (height - dilation * (kh - 1) - 1) // stride + 1
    columns = (width - dilation * (kw - 1) - 1) // stride + 1
    y = np.zeros((len(x), len(w), rows, columns))
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i * dilation :: stride, j * dilation :: stride][:, :, :rows, :columns]
            y += np.einsum("nchw,oc->nohw", part, w[:, :, i, j])
    return y if b is None else y + b[:, None, None]

def max_pool(x, size):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // size, size, w // size, size).max(axis=(3, 5))

def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

def relu(x):
    return np.maximum(x, 0)

def cross_entropy(p, labels):
    if (p < 0).any() or (p > 1).any():
        raise ValueError("probabilities")
    return -np.log(p[np.arange(len(p)), labels] + 1e-12)

def smoothed_by_fft(x):
    return np.fft.ifft(np.fft.fft(x) * np.fft.fft([0.5, 0.5] + [0] * (len(x) - 2))).real

def pair(x):
    return x + 1, {"double": [2 * x]}

def draws(x, rng=None):
    return x + np.random.default_rng().random(x.shape)

def with_rng(x, rng):
    return x + rng.random(x.shape)

def slow(x):
    total = 0.0
    for _ in range(20000):
        total += 1e-9
    return np.cumsum(x) + total

class Layer:
    def __call__(self, x):
        return 2 * x

def picky(x):
    if x.sum() != 3:
        raise ValueError("only these")
    return x

def single(x):
    return np.cumsum(x.astype(np.float32))
"""


def fed(name, *args, first, path=lambda value: value, source=SOURCE, deadline=None, wrong=0.0, **kwargs):
    """The names or positions of what feeds a cell of what the source gives, with the masks."""
    driver = LocalDriver(source, "candidate", {})
    function = getattr(Candidate(driver), name)
    function(*args, **kwargs)
    call = driver.calls[-1]
    actual = path(call.reply.value)
    expected = actual + wrong
    found = feeding.feeding(source, {}, call, Compared(actual, expected, actual != expected), first, deadline)
    return {one.place: one.feeds for one in found}


def box(shape, *slices):
    mask = np.zeros(shape, bool)
    mask[slices] = True
    return mask


RNG = np.random.default_rng(5)
X, W, B = RNG.standard_normal((2, 3, 7, 6)), RNG.standard_normal((4, 3, 3, 2)), RNG.standard_normal(4)
EVERY = slice(None)


def test_a_convolution_is_fed_by_its_window_its_filter_and_one_bias():
    found = fed("conv2d", X, W, B, first=(1, 2, 3, 1), stride=2, padding=1)
    assert (found[0] == box(X.shape, 1, EVERY, slice(5, 7), slice(1, 3))).all(), "the last row is padding"
    assert (found[1] == box(W.shape, 2, EVERY, slice(0, 2), EVERY)).all(), "what meets the padding is unused"
    assert found[2].tolist() == [False, False, True, False]


def test_a_dilated_convolution_is_fed_by_a_comb():
    found = fed("conv2d", X, W, first=(0, 0, 0, 0), dilation=3)
    assert (found[0] == box(X.shape, 0, EVERY, slice(0, 7, 3), slice(0, 4, 3))).all()


def test_a_corner_with_padding_is_fed_by_what_is_inside():
    found = fed("conv2d", X, W, first=(0, 1, 0, 0), padding=2, wrong=1e-4)
    assert found == {}, "a window in the padding alone is fed by nothing"
    found = fed("conv2d", X, W, first=(0, 1, 1, 1), padding=2)
    assert (found[0] == box(X.shape, 0, EVERY, slice(0, 2), slice(0, 1))).all()


def test_zeros_and_equal_values_hide_nothing():
    x, w = np.zeros((1, 1, 4, 4)), np.array([[[[1.0, 0], [0, -1]]]])
    found = fed("conv2d", x, w, first=(0, 0, 1, 2))
    assert (found[0] == box(x.shape, 0, 0, slice(1, 3), slice(2, 4))).all()
    assert found[1].all()
    found = fed("conv2d", np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2)), first=(0, 0, 0, 0))
    assert found[0].sum() == 4


def test_a_maximum_is_fed_by_its_whole_window():
    x = np.arange(32.0).reshape(1, 2, 4, 4)
    found = fed("max_pool", x, 2, first=(0, 1, 0, 1))
    assert (found[0] == box(x.shape, 0, 1, slice(0, 2), slice(2, 4))).all()


def test_a_softmax_is_fed_by_its_row():
    found = fed("softmax", RNG.standard_normal((5, 7)), first=(3, 2))
    assert (found[0] == box((5, 7), 3)).all()


def test_a_cut_off_value_is_fed_all_the_same():
    found = fed("relu", np.array([-5.0, 2.0, 0.0]), first=(0,))
    assert found[0].tolist() == [True, False, False]


def test_values_that_the_answer_refuses_are_not_needed():
    p = np.array([[0.2, 0.8], [0.5, 0.5], [1.0, 0.0]])
    found = fed("cross_entropy", p, np.array([1, 0, 0]), first=(0,))
    assert (found[0] == box(p.shape, 0, 1)).all()
    assert fed("picky", np.array([1.0, 2.0]), first=(0,)) == {}


def test_rounding_elsewhere_is_no_dependence():
    found = fed("smoothed_by_fft", RNG.standard_normal(32), first=(9,))
    assert np.flatnonzero(found[0]).tolist() == [8, 9]


def test_single_precision_and_integers_are_followed():
    found = fed("single", np.arange(50), first=(20,))
    assert np.flatnonzero(found[0]).tolist() == list(range(21))
    found = fed("single", np.arange(50, dtype=np.uint8), first=(3,))
    assert found[0].sum() == 4


def test_values_inside_containers_and_keywords_are_found():
    found = fed("pair", x=np.arange(4.0), first=(2,), path=lambda value: value[1]["double"][0])
    assert {name: mask.tolist() for name, mask in found.items()} == {"x": [False, False, True, False]}


def test_tensors_are_followed():
    pytest.importorskip("torch")
    source = "import torch\ndef total(x, w):\n    return x @ w\n"
    x, w = (RNG.standard_normal((3, 4)).astype(np.float32) for _ in range(2))
    found = fed(
        "total",
        torch_tensor(x),
        torch_tensor(w.T),
        first=(1, 2),
        path=lambda value: value.array,
        source=source,
    )
    assert (found[0] == box((3, 4), 1)).all()
    assert (found[1] == box((4, 3), EVERY, 2)).all()


def test_what_is_drawn_or_has_a_state_is_not_followed():
    assert fed("draws", np.zeros(3), first=(0,)) == {}
    assert fed("with_rng", np.zeros(3), Generator(1), first=(0,)) == {}
    driver = LocalDriver(SOURCE, "candidate", {})
    Candidate(driver).Layer()(np.ones(3))
    call = driver.calls[-1]
    compared = Compared(call.reply.value, call.reply.value + 1, np.ones(3, bool))
    assert feeding.feeding(SOURCE, {}, call, compared, (0,)) == []


def test_an_expected_value_that_the_answer_does_not_give_is_not_followed():
    assert fed("relu", np.array([1.0, 2.0]), first=(0,), wrong=0.5) == {}
    assert fed("relu", np.array([1.0, np.nan]), first=(1,)) == {}
    computed = fed("relu", np.array([1.0, 2.0]), first=(0,), path=lambda value: value + 0)
    assert computed == {}, "an array that the check made is of no call"


def test_it_gives_up_in_time():
    start = time.thread_time()
    assert fed("slow", RNG.standard_normal(3000), first=(2999,), deadline=start + 0.1) == {}
    assert time.thread_time() - start < 0.2
    assert fed("relu", np.ones(3), first=(0,), deadline=start) == {}


def test_the_number_of_calls_is_bounded(monkeypatch):
    monkeypatch.setattr(feeding, "CALLS", 40)
    found = fed("conv2d", X, W, B, first=(0, 0, 0, 0))
    assert found == {}, "half of the truth is none"


def test_a_broken_call_feeds_nothing():
    driver = LocalDriver(SOURCE, "candidate", {})
    with pytest.raises(Raised):
        Candidate(driver).conv2d(np.ones(3), np.ones(3))
    call: Call = driver.calls[-1]
    compared = Compared(np.ones(3), np.zeros(3), np.ones(3, bool))
    assert feeding.feeding(SOURCE, {}, call, compared, (0,)) == []
