"""Comparing what came back with what was expected; each function raises `Failure` at the first difference."""

from typing import Any

import numpy as np

from exercises.describe import kind_of, shape_text
from exercises.failure import Compared, Difference, Failure, Kind
from exercises.values import Tensor

NUMBER = (int, float, complex, np.number)
NUMERIC_KINDS = "biufc"


def is_number(value: Any) -> bool:
    """Whether a value is a number by itself: not a boolean, not an array."""
    return isinstance(value, NUMBER) and not isinstance(value, (bool, np.bool_))


def number_type(value: Any) -> type:
    """The Python type that a scalar counts as: NumPy's scalars count as Python's."""
    for generic, plain in (
        (np.bool_, bool),
        (np.integer, int),
        (np.floating, float),
        (np.complexfloating, complex),
    ):
        if isinstance(value, generic):
            return plain
    return type(value)


def wrong_type(actual: Any, expected: Any, where: str, label: str | None) -> Failure:
    """The failure for a value of another sort than expected."""
    message = f"wrong type{where}: expected {kind_of(expected)}, got {kind_of(actual)}"
    return Failure(Kind.TYPE, message, label=label, expected=expected, actual=actual)


def as_array(actual: Any, expected: Any, where: str, label: str | None) -> np.ndarray:
    """The numeric array in `actual`, if it is of the sort that `expected` asks for."""
    wants_tensor = isinstance(expected, Tensor)
    if isinstance(actual, Tensor):
        array = actual.array
    elif isinstance(actual, np.ndarray) and not wants_tensor:
        array = actual
    else:
        raise wrong_type(actual, expected, where, label)
    if array.dtype.kind not in NUMERIC_KINDS:
        message = f"wrong dtype{where}: expected numbers, got {array.dtype.name[:30]}"
        raise Failure(Kind.DTYPE, message, label=label, expected=expected, actual=actual)
    return array


def wide(array: np.ndarray) -> np.ndarray:
    """The array in the widest type that comparisons use: float64 or complex128."""
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def wrong_entries(actual: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Where two arrays of one shape differ. NaN matches only NaN and infinity only the same infinity."""
    with np.errstate(all="ignore"):
        near = np.abs(actual - expected) <= atol + rtol * np.abs(expected)
    if near.all() and np.isfinite(expected).all():  # the usual case; NaN is near nothing
        return ~near
    finite = np.isfinite(actual) & np.isfinite(expected)
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return ~np.where(finite, near, same)


def check_shape(
    actual: tuple[int, ...], expected: tuple[int, ...], where: str, label: str | None, values: tuple[Any, Any]
) -> None:
    """Fail unless the shapes are the same; nothing is broadcast."""
    if actual == expected:
        return
    raise Failure(
        Kind.SHAPE,
        f"wrong shape{where}: expected {shape_text(expected)}, got {shape_text(actual)}",
        label=label,
        expected=values[1],
        actual=values[0],
        difference=Difference(tuple(expected), tuple(actual)),
    )


def check_values(
    actual: np.ndarray,
    expected: np.ndarray,
    wrong: np.ndarray,
    where: str,
    label: str | None,
    values: tuple[Any, Any],
) -> None:
    """Fail if any entry is marked wrong, saying which is the first and how large the largest error is."""
    if not wrong.any():
        return
    first = tuple(int(index) for index in np.unravel_index(int(wrong.argmax()), wrong.shape))
    with np.errstate(all="ignore"):
        largest = float(np.abs(wide(actual) - wide(expected))[wrong].max())
    difference = Difference(
        tuple(expected.shape),
        tuple(actual.shape),
        first_wrong=first,
        largest_error=largest if np.isfinite(largest) else None,
        wrong=int(wrong.sum()),
        total=int(wrong.size),
        expected_there=expected[first].item(),
        actual_there=actual[first].item(),
    )
    raise Failure(
        Kind.VALUES,
        _values_message(actual, expected, where),
        detail=_values_detail(difference),
        label=label,
        expected=values[1],
        actual=values[0],
        difference=difference,
        compared=Compared(actual, expected, wrong),
    )


def _values_message(actual: np.ndarray, expected: np.ndarray, where: str) -> str:
    strange = np.isfinite(wide(expected)).all() and not np.isfinite(wide(actual)).all()
    return f"wrong values{where}" + (": NaN or infinity where numbers are expected" if strange else "")


def _values_detail(difference: Difference) -> str:
    place = list(difference.first_wrong or ())
    there = f"expected {difference.expected_there!r}, got {difference.actual_there!r}"
    if not place:
        return there
    largest = "not finite" if difference.largest_error is None else f"{difference.largest_error:.3g}"
    return (
        f"{difference.wrong} of {difference.total} entries are wrong, the first at {place}: {there}; "
        f"largest error {largest}"
    )


def close(actual: Any, expected: Any, rtol: float, atol: float, label: str | None, where: str = "") -> None:
    """Shape, then values in float64, through lists, tuples and dicts."""
    if isinstance(expected, (list, tuple, dict)):
        _each(actual, expected, lambda a, e, w: close(a, e, rtol, atol, label, w), where, label)
        return
    if is_number(expected):
        array, target = scalar(actual, expected, where, label), np.asarray(expected)
    elif isinstance(expected, (np.ndarray, Tensor)):
        array = as_array(actual, expected, where, label)
        target = expected.array if isinstance(expected, Tensor) else expected
    else:
        equal(actual, expected, label, where)
        return
    check_shape(array.shape, target.shape, where, label, (actual, expected))
    wrong = wrong_entries(wide(array), wide(target), rtol, atol)
    check_values(array, target, wrong, where, label, (actual, expected))


def scalar(actual: Any, expected: Any, where: str, label: str | None) -> np.ndarray:
    """A number, or an array without axes, as an array without axes."""
    if is_number(actual):
        try:
            return np.asarray(float(actual) if isinstance(actual, int) else actual)
        except OverflowError:
            return np.asarray(np.inf if actual > 0 else -np.inf)
    array = actual.array if isinstance(actual, Tensor) else actual
    if isinstance(array, np.ndarray) and array.dtype.kind in "iufc":
        check_shape(array.shape, (), where, label, (actual, expected))
        return array
    raise wrong_type(actual, expected, where, label)


def equal(actual: Any, expected: Any, label: str | None, where: str = "") -> None:
    """Exact equality, with the types of scalars and the dtypes of arrays."""
    if isinstance(expected, (list, tuple, dict)):
        _each(actual, expected, lambda a, e, w: equal(a, e, label, w), where, label)
    elif isinstance(expected, (np.ndarray, Tensor)):
        _equal_arrays(actual, expected, label, where)
    elif number_type(actual) is not number_type(expected):
        raise wrong_type(actual, expected, where, label)
    elif not _same_scalar(actual, expected):
        detail = f"expected {expected!r:.200}, got {actual!r:.200}"
        message = f"wrong value{where}"
        raise Failure(Kind.VALUES, message, detail=detail, label=label, expected=expected, actual=actual)


def _same_scalar(actual: Any, expected: Any) -> bool:
    return bool(actual == expected) or (actual != actual and expected != expected)


def _equal_arrays(actual: Any, expected: Any, label: str | None, where: str) -> None:
    array = as_array(actual, expected, where, label)
    target = expected.array if isinstance(expected, Tensor) else expected
    check_shape(array.shape, target.shape, where, label, (actual, expected))
    check_dtype(array, target.dtype, where, label)
    if target.dtype.kind in "fc":
        wrong = ~((array == target) | (np.isnan(array) & np.isnan(target)))
    else:
        wrong = array != target
    check_values(array, target, np.asarray(wrong), where, label, (actual, expected))


def check_dtype(array: np.ndarray, dtype: Any, where: str, label: str | None) -> None:
    """Fail unless the array has this dtype."""
    wanted = np.dtype(dtype)
    if array.dtype != wanted:
        message = f"wrong dtype{where}: expected {wanted.name}, got {array.dtype.name[:30]}"
        raise Failure(Kind.DTYPE, message, label=label, expected=wanted.name, actual=array)


def _each(actual: Any, expected: Any, compare: Any, where: str, label: str | None) -> None:
    """Compare containers item by item, after their sort and length."""
    sort = dict if isinstance(expected, dict) else list if isinstance(expected, list) else tuple
    if not isinstance(actual, sort):
        raise wrong_type(actual, expected, where, label)
    if isinstance(expected, dict):
        if set(actual) != set(expected):
            message = f"wrong keys{where}"
            detail = f"expected {sorted(map(str, expected))}, got {sorted(map(str, actual))!r:.300}"
            raise Failure(Kind.VALUES, message, detail=detail, label=label, expected=expected, actual=actual)
        pairs = [(f"[{key!r:.40}]", actual[key], expected[key]) for key in expected]
    else:
        if len(actual) != len(expected):
            message = f"wrong length{where}: expected {len(expected)} items, got {len(actual)}"
            raise Failure(Kind.SHAPE, message, label=label, expected=expected, actual=actual)
        pairs = [(f"[{index}]", a, e) for index, (a, e) in enumerate(zip(actual, expected, strict=True))]
    base = where or " at "
    for place, item, wanted in pairs:
        try:
            compare(item, wanted, base + place)
        except Failure as failure:
            raise _widened(failure, actual, expected, where) from None


def _widened(failure: Failure, actual: Any, expected: Any, where: str) -> Failure:
    """At the outermost level, report the whole container instead of the item that differs."""
    if where:
        return failure
    return Failure(
        failure.kind,
        failure.message,
        detail=failure.detail,
        label=failure.label,
        expected=expected,
        actual=actual,
        difference=failure.difference,
        compared=failure.compared,
    )
