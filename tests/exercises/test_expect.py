import numpy as np
import pytest

from exercises import expect
from exercises.failure import Failure, Kind
from exercises.local import LocalCandidate
from exercises.values import Opaque, Tensor

MATRIX = np.arange(9.0).reshape(3, 3)


def failure(check, *args, **kwargs) -> Failure:
    with pytest.raises(Failure) as caught:
        check(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (MATRIX, MATRIX),
        (MATRIX.astype(np.float32), MATRIX),
        (np.arange(3), np.arange(3.0)),
        (np.array([np.nan, np.inf, -np.inf]), np.array([np.nan, np.inf, -np.inf])),
        (np.empty((0, 3)), np.empty((0, 3))),
        (Tensor(MATRIX), MATRIX),
        (Tensor(MATRIX), Tensor(MATRIX)),
        (np.float64(2.0), 2.0),
        (2, 2.0),
        (np.array(2.0), 2.0),
        ([1.0, MATRIX], [1, MATRIX]),
        ({"a": (1.0,)}, {"a": (1.0,)}),
        (None, None),
        ("text", "text"),
    ],
)
def test_close_accepts_the_same_values(actual, expected):
    expect.close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "kind"),
    [
        (MATRIX[:, :1], np.tile(MATRIX[:, :1], 3), Kind.SHAPE),
        (np.zeros((3, 1)), np.zeros((3, 3)), Kind.SHAPE),
        (np.zeros((0, 3)), np.zeros((3, 0)), Kind.SHAPE),
        (np.float64(1.0), np.ones(1), Kind.TYPE),
        (np.ones(1), 1.0, Kind.SHAPE),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), Kind.VALUES),
        (np.array([np.inf]), np.array([1e300]), Kind.VALUES),
        (np.array([5.0]), np.array([np.inf]), Kind.VALUES),
        (np.array([-np.inf]), np.array([np.inf]), Kind.VALUES),
        (np.array([0.0]), np.array([np.nan]), Kind.VALUES),
        ([1.0, 2.0], np.array([1.0, 2.0]), Kind.TYPE),
        (MATRIX, Tensor(MATRIX), Kind.TYPE),
        (np.array(["a"]), np.array([1.0]), Kind.DTYPE),
        (None, MATRIX, Kind.TYPE),
        (True, 1.0, Kind.TYPE),
        (Opaque("set"), 1.0, Kind.TYPE),
        (10**400, 1.0, Kind.VALUES),
        ((1.0, 2.0), [1.0, 2.0], Kind.TYPE),
        ([1.0], [1.0, 2.0], Kind.SHAPE),
        ({"b": 1}, {"a": 1}, Kind.VALUES),
    ],
)
def test_close_tells_what_is_wrong(actual, expected, kind):
    assert failure(expect.close, actual, expected).kind is kind


def test_close_compares_in_float64():
    almost = np.float32(1) + np.finfo(np.float32).eps
    found = failure(expect.close, np.array([almost], dtype=np.float32), np.array([1.0]))
    assert found.difference.largest_error == pytest.approx(2**-23)


def test_a_difference_names_the_first_wrong_entry_and_counts():
    wrong = MATRIX.copy()
    wrong[1, 2], wrong[2, 0] = 50.0, 7.0
    found = failure(expect.close, wrong, MATRIX)
    difference = found.difference
    assert (difference.first_wrong, difference.wrong, difference.total) == ((1, 2), 2, 9)
    assert (difference.largest_error, difference.expected_there, difference.actual_there) == (45.0, 5.0, 50.0)
    assert "50.0" in found.detail
    assert "50" not in found.message


def test_a_failure_inside_a_list_reports_the_whole_list():
    found = failure(expect.close, [1.0, (2.0, 3.0)], [1.0, (2.0, 4.0)])
    assert found.expected == [1.0, (2.0, 4.0)]
    assert "[1][1]" in found.message


@pytest.mark.parametrize("actual", [3, np.int64(3)])
def test_equal_counts_numpy_scalars_as_python_ones(actual):
    expect.equal(actual, 3)


@pytest.mark.parametrize(
    ("actual", "expected", "kind"),
    [
        (3.0, 3, Kind.TYPE),
        (True, 1, Kind.TYPE),
        ((3,), [3], Kind.TYPE),
        (4, 3, Kind.VALUES),
        (np.zeros(2, np.float32), np.zeros(2), Kind.DTYPE),
        (np.array([1.0 + 1e-15]), np.array([1.0]), Kind.VALUES),
    ],
)
def test_equal_is_exact_with_types(actual, expected, kind):
    assert failure(expect.equal, actual, expected).kind is kind


def test_shape_and_dtype():
    expect.shape(MATRIX, (3, 3))
    expect.dtype(MATRIX, np.float64)
    assert failure(expect.shape, MATRIX, (9,)).kind is Kind.SHAPE
    assert failure(expect.dtype, MATRIX, np.float32).kind is Kind.DTYPE


def test_items_number_and_array_refuse_other_sorts():
    assert expect.items((1, 2), 2) == [1, 2]
    assert expect.number(np.float32(2.0)) == 2.0
    assert failure(expect.items, MATRIX, 2).kind is Kind.TYPE
    assert failure(expect.items, (1, 2, 3), 2).kind is Kind.SHAPE
    assert failure(expect.number, "2").kind is Kind.TYPE
    assert failure(expect.array, [1.0]).kind is Kind.TYPE


SOURCE = """
class ShapeError(ValueError):
    pass

def refuse(x):
    raise ShapeError("x has 3 channels")

def accept(x):
    return x

def spoil(x, rng=None):
    x[0] = 99.0
    return x

def draw(x, rng):
    return x + rng.random()
"""


def test_raises_accepts_subclasses_and_looks_at_the_message():
    candidate = LocalCandidate(SOURCE)
    expect.raises(ValueError, candidate.refuse, 1)
    expect.raises((KeyError, ValueError), candidate.refuse, 1, match=r"\d channels")
    assert failure(expect.raises, ValueError, candidate.refuse, 1, match="rank").kind is Kind.EXCEPTION
    assert failure(expect.raises, KeyError, candidate.refuse, 1).kind is Kind.EXCEPTION
    assert "nothing was raised" in failure(expect.raises, ValueError, candidate.accept, 1).message


def test_inputs_unchanged_finds_mutation_and_gives_the_value_back():
    candidate = LocalCandidate(SOURCE)
    x = np.zeros(3)
    assert expect.inputs_unchanged(candidate.accept, x).tolist() == [0, 0, 0]
    found = failure(expect.inputs_unchanged, candidate.spoil, x)
    assert found.kind is Kind.MUTATION
    assert x[0] == 0.0


def test_inputs_unchanged_lets_a_generator_be_used():
    candidate = LocalCandidate(SOURCE)
    expect.inputs_unchanged(candidate.draw, np.zeros(2), candidate.generator(1))


def test_that_needs_truth():
    expect.that(np.True_, "fine")
    assert failure(expect.that, False, "The total is wrong.", label="total").label == "total"
