"""Values survive the journey; bytes that are none are refused without harm."""

import contextlib
import math
import struct
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.engine import wire
from grader.engine.values import (
    DTYPES,
    MAX_DEPTH,
    MAX_DICT,
    MAX_INT_BYTES,
    MAX_NODES,
    SPREAD,
    WireError,
    extent_of,
)
from grader.engine.wire import Generator, Handle, Opaque, TensorValue, TooLarge, decode, encode

KEYS = st.one_of(st.text(max_size=5), st.integers(), st.tuples(st.integers(), st.text(max_size=3)))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**4000), max_value=2**4000),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20),
    st.binary(max_size=20),
    st.builds(Handle, st.integers(0, 2**64 - 1), st.text("abc", max_size=9)),
    st.builds(Opaque, st.text("abc", max_size=9)),
    st.builds(Generator, st.integers(0, 2**64)),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS.filter(lambda k: "\ud800" not in repr(k)), inner, max_size=4),
    ),
    max_leaves=15,
)
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)


@given(VALUES)
def test_plain_values_survive(value):
    assert decode(encode(value)) == value


@given(ARRAYS)
def test_arrays_survive_bit_by_bit(array):
    back = decode(encode(array))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable
    assert back.flags.owndata or back.base.flags.owndata


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.T,
        lambda x: x[::2, ::-1],
        lambda x: x[:, 1],
        lambda x: x.transpose(2, 0, 1),
        lambda x: np.broadcast_to(x[0, 0], (3, 5)),
        lambda x: x[:1],
    ],
    ids=["transposed", "reversed steps", "column", "permuted", "broadcast", "one row"],
)
def test_strides_survive(view):
    array = view(np.arange(60.0).reshape(3, 4, 5))
    back = decode(encode(array))
    assert (back == array).all()
    if array.shape[0] > 1:
        assert back.strides == array.strides


def test_a_view_that_spans_much_memory_arrives_packed():
    array = np.zeros((100, 100))[::50, ::50]
    assert decode(encode(array)).flags.c_contiguous


def test_views_that_span_much_memory_together_arrive_packed_from_there_on():
    view = np.zeros((4_000_000, 2))[:, 0]
    back = decode(encode([view] * 4))
    assert [array.strides for array in back] == [(16,), (16,), (8,), (8,)]


def test_a_reply_may_not_span_more_memory_than_that():
    view = encode(np.zeros((1_000_000, 8), np.uint8)[:, 0])
    with pytest.raises(WireError, match="span too much"):
        decode(b"l" + struct.pack("<I", 12) + view * 12)


def test_other_byte_orders_become_native():
    back = decode(encode(np.arange(3, dtype=">i4")))
    assert back.dtype == np.int32
    assert list(back) == [0, 1, 2]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_scalars_keep_their_type(dtype):
    back = decode(encode(dtype.type(1)))
    assert type(back) is dtype.type
    assert back == 1


def test_tensors_keep_device_dtype_and_flag():
    value = TensorValue(np.ones((2, 3), np.float32), "cpu", True, "bfloat16")
    back = decode(encode(value))
    assert (back.device, back.requires_grad, back.dtype) == ("cpu", True, "bfloat16")
    assert (back.array == 1).all()


def test_what_has_no_plain_form_becomes_opaque():
    assert decode(encode(np.array([object()]))) == Opaque("ndarray of 1 dimensions and dtype object")
    assert decode(encode(1 << 100_000)) == Opaque("int of 100001 bits")


def test_nan_survives():
    assert math.isnan(decode(encode(float("nan"))))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([0] * (MAX_NODES + 1), "parts"),
        (dict.fromkeys(range(MAX_DICT + 1), 0), "entries"),
    ],
)
def test_what_is_too_large_says_so(value, message):
    with pytest.raises(TooLarge, match=message):
        encode(value)


def test_a_limit_of_bytes_is_stated():
    with pytest.raises(TooLarge, match="limit of 1,000 bytes"):
        encode(np.zeros(1000), limit=1000)


@given(st.binary(max_size=300))
@settings(max_examples=400)
def test_random_bytes_are_refused_or_decoded(data):
    try:
        decode(data)
    except WireError:
        return


@given(VALUES, st.data())
@settings(max_examples=300)
def test_damaged_messages_are_refused_or_decoded(value, data):
    message = bytearray(encode([value, np.arange(6.0).reshape(2, 3)]))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(message)
    except WireError:
        return


@given(VALUES, st.integers(1, 50))
def test_truncated_messages_are_refused(value, cut):
    message = encode(value)
    with pytest.raises(WireError):
        decode(message[: max(0, len(message) - cut)])


@given(st.binary(min_size=1, max_size=9))
def test_bytes_after_the_value_are_refused(rest):
    with pytest.raises(WireError):
        decode(encode(1) + rest)


@given(
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 2),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=6),
)
def test_hostile_array_headers_allocate_nothing(code, rank, layout, numbers):
    body = b"a" + bytes([code, rank, layout]) + struct.pack(f"<{len(numbers)}q", *numbers) + bytes(64)
    try:
        assert decode(body).nbytes <= 64 * 8
    except WireError:
        return


def test_strides_may_not_reach_outside_their_memory():
    header = b"a" + bytes([11, 1, 1]) + struct.pack("<2q", 2, 2**40)
    with pytest.raises(WireError, match="memory"):
        decode(header + bytes(16))


def test_frames_carry_kind_nonce_and_length():
    data = wire.frame(wire.CALL, b"12345678", b"body")
    assert wire.parse_header(data[: wire.HEADER.size]) == (wire.CALL, b"12345678", 4)
    with pytest.raises(WireError):
        wire.parse_header(bytes(wire.HEADER.size))


@given(ARRAYS, st.data())
def test_views_survive_bit_by_bit_with_their_strides(array, data):
    """Axes in any order, backwards, in steps; what an axis of length 1 or no entries has means nothing."""
    view = array.transpose(data.draw(st.permutations(range(array.ndim))))
    steps = [slice(None, None, data.draw(st.sampled_from((1, 1, 2, -1, -2)))) for _ in view.shape]
    view = view[tuple(steps)]
    back = decode(encode(view))
    assert (back.dtype, back.shape, back.tobytes()) == (view.dtype, view.shape, view.tobytes())
    steps_in_entries = tuple(step // view.itemsize for step in view.strides)
    if view.size and extent_of(view.shape, steps_in_entries) <= SPREAD * view.size:  # else it arrives packed
        for length, ours, theirs in zip(view.shape, view.strides, back.strides, strict=True):
            assert length == 1 or ours == theirs
    assert back.flags.writeable or back.ndim == 0


@given(
    hnp.arrays(np.float64, 3, elements=st.floats(width=64)), st.floats(), st.complex_numbers(), st.booleans()
)
def test_numbers_that_are_not_finite_survive_bit_by_bit(array, number, pair, flag):
    value = [array, number, pair, flag, TensorValue(array, requires_grad=flag)]
    back = decode(encode(value))
    assert encode(back) == encode(value)
    assert back[0].tobytes() == back[4].array.tobytes() == array.tobytes()
    assert struct.pack("<d", back[1]) == struct.pack("<d", number)


@given(st.integers(-(2**4095) + 1, 2**4095 - 1))
def test_large_integers_survive(number):
    assert decode(encode(number)) == number


COLLIDING = {i * (2**61 - 1): None for i in range(1, MAX_DICT + 1)}
HOSTILE = {
    "empty lists": b"l" + struct.pack("<I", 200_000) + (b"l" + bytes(4)) * 200_000,
    "empty dicts": b"l" + struct.pack("<I", 200_000) + (b"d" + bytes(4)) * 200_000,
    "lists in lists": (b"l" + struct.pack("<I", 1)) * 100_000,
    "a count that lies": b"l" + struct.pack("<I", 2**32 - 1) + bytes(1000),
    "many counts that lie": b"l" + struct.pack("<I", 100_000) + (b"l" + struct.pack("<I", 90_000)) * 50_000,
    "a text that lies": b"s" + struct.pack("<I", 2**32 - 1) + b"x" * 1000,
    "a long integer": b"I" + struct.pack("<I", 100_000) + bytes(100_000),
    "colliding keys": encode(COLLIDING),
    "colliding keys, many times": b"l" + struct.pack("<I", 40) + encode(COLLIDING) * 40,
    "small arrays": b"l" + struct.pack("<I", 40_000) + encode(np.zeros(())) * 40_000,
    "small tensors": b"l" + struct.pack("<I", 20_000) + encode(TensorValue(np.zeros(1))) * 20_000,
    "arrays spread far": encode([np.zeros((40_000, 8), np.uint8)[:, 0] for _ in range(20)]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_cost_little_time_and_memory(name):
    """At most some hundred bytes for each part, and a bound for strided arrays."""
    message = HOSTILE[name]
    tracemalloc.start()
    start = time.process_time()
    with contextlib.suppress(WireError):
        decode(message)
    seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000 + 12 * len(message)
    assert seconds < 20  # a second or two, but for the tracing and the other jobs on this machine


@given(st.binary(max_size=80), st.integers(0, 255), st.integers(0, 2**64 - 1))
def test_every_tag_with_every_rest(rest, tag, count):
    for body in (bytes([tag]) + rest, bytes([tag]) + struct.pack("<Q", count)[:4] + rest):
        try:
            decode(body)
        except WireError:
            continue


@given(VALUES, VALUES, st.data())
@settings(max_examples=200)
def test_spliced_messages_are_refused_or_decoded(one, other, data):
    first, second = encode([one, np.arange(4.0)]), encode({"a": other, "b": np.ones((2, 0))})
    cut, seam = data.draw(st.integers(0, len(first))), data.draw(st.integers(0, len(second)))
    try:
        decode(first[:cut] + second[seam:])
    except WireError:
        return


def test_what_the_encoder_lets_through_the_decoder_takes():
    """Else an honest answer at a limit would be called a forgery."""
    biggest = dict.fromkeys(range(MAX_DICT))
    for value in (biggest, [biggest, {"a": 1}], [0] * (MAX_NODES - 1), 2 ** (8 * MAX_INT_BYTES - 1) - 1):
        decode(encode({"value": value, "stdout": ""}) if not isinstance(value, list) else encode(value))
    nested: object = 0
    for _ in range(MAX_DEPTH):
        nested = [nested]
    assert decode(encode(nested)) == nested
    with pytest.raises(TooLarge, match="nested"):
        encode([nested])
