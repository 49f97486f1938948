"""Expectations for checks. Each raises `Failure`, which carries data for the report, or returns quietly.

Messages are shown on hidden cases as well, so they hold no expected and no input values; details are for
visible cases only. A `label` names an expectation, so that a failure can be matched with a typical mistake
that fails the same one.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from exercises import compare, numeric, tails
from exercises.candidate import Function, Instance, Raised
from exercises.describe import kind_of
from exercises.failure import Failure, Kind
from exercises.values import Generator, Tensor, snapshot

MATCH_CHARACTERS = 2000


def close(
    actual: Any, expected: Any, rtol: float = 1e-9, atol: float = 1e-9, label: str | None = None
) -> None:
    """The same shape and, in float64, values within atol + rtol*|expected|.

    NaN matches only NaN, infinity only the same infinity. Integers above 2**53 lose digits in float64:
    compare them with `equal`.

    Lists, tuples and dicts are compared item by item. Where a NumPy array is expected, a torch tensor will
    do as well; where a tensor is expected, nothing else will.
    """
    compare.close(actual, expected, rtol, atol, label)


def equal(actual: Any, expected: Any, label: str | None = None) -> None:
    """Exactly the same, with the types of containers and scalars and the dtypes of arrays.

    NumPy's scalars count as Python's: `np.int64(3)` equals `3`, and `3.0` and `True` do not.
    """
    compare.equal(actual, expected, label)


def array(value: Any, label: str | None = None) -> np.ndarray:
    """The numbers of an array or tensor that came back, for checks that compute with them."""
    return compare.as_array(value, np.empty(0), "", label)


def number(value: Any, label: str | None = None) -> float:
    """A number that came back, for checks that compute with it."""
    return compare.scalar(value, 0.0, "", label).item()


def items(value: Any, count: int, label: str | None = None) -> list[Any]:
    """The items of a tuple or list that came back, if there are `count` of them."""
    if not isinstance(value, (tuple, list)):
        message = f"wrong type: expected a tuple of {count} values, got {kind_of(value)}"
        raise Failure(Kind.TYPE, message, label=label, actual=value)
    if len(value) != count:
        message = f"wrong length: expected {count} values, got {len(value)}"
        raise Failure(Kind.SHAPE, message, label=label, actual=value)
    return list(value)


def shape(actual: Any, shape: Sequence[int], label: str | None = None) -> None:
    """An array or tensor of this shape."""
    found = array(actual, label).shape
    compare.check_shape(found, tuple(shape), "", label, (actual, tuple(shape)))


def dtype(actual: Any, dtype: Any, label: str | None = None) -> None:
    """An array or tensor of this dtype."""
    compare.check_dtype(array(actual, label), dtype, "", label)


def device(actual: Any, device: str, label: str | None = None) -> None:
    """A tensor on this sort of device, `cpu` or `cuda`, whatever its number."""
    if not isinstance(actual, Tensor):
        message = f"wrong type: expected a tensor, got {kind_of(actual)}"
        raise Failure(Kind.TYPE, message, label=label, actual=actual)
    found = actual.device.partition(":")[0][:20]
    if found != device:
        message = f"wrong device: expected a tensor on {device}, got one on {found}"
        raise Failure(Kind.TYPE, message, label=label, expected=device, actual=actual)


def raises(
    exception: type[BaseException] | tuple[type[BaseException], ...],
    function: Function,
    *args: Any,
    match: str | None = None,
    label: str | None = None,
    **kwargs: Any,
) -> None:
    """Calling raises this exception or a subclass; with `match`, its message holds the pattern."""
    classes = exception if isinstance(exception, tuple) else (exception,)
    names = " or ".join(one.__name__ for one in classes)
    try:
        value = function(*args, **kwargs)
    except Raised as raised:
        _check_raised(raised, classes, names, match, label)
        return
    message = f"expected {names}, but nothing was raised"
    detail = f"{kind_of(value)} came back"
    raise Failure(Kind.EXCEPTION, message, detail=detail, label=label, expected=names, actual=value)


def _check_raised(
    raised: Raised, classes: tuple[type, ...], names: str, match: str | None, label: str | None
) -> None:
    if not any(raised.is_a(one.__name__) for one in classes):
        message = f"expected {names}, but another exception was raised"
        detail = f"{raised.type_name[:60]} was"
        raise Failure(
            Kind.EXCEPTION, message, detail=detail, label=label, expected=names, actual=raised
        ) from raised
    if match is not None and not re.search(match, raised.message[:MATCH_CHARACTERS]):
        message = f"the message of the {names} does not say what it should"
        detail = f"it must match {match!r}"
        raise Failure(Kind.EXCEPTION, message, detail=detail, label=label, expected=match, actual=raised)


def inputs_unchanged(function: Function, *args: Any, **kwargs: Any) -> Any:
    """Call, compare the arguments before and after, and give back what the call returned."""
    before = snapshot((*args, *kwargs.values()))
    value, after = function.with_inputs(*args, **kwargs)
    names = [f"argument {index + 1}" for index in range(len(args))] + [
        f"argument {name!r}" for name in kwargs
    ]
    for name, was, now in zip(names, before, after, strict=True):
        if isinstance(was, (Generator, Instance)):
            continue  # drawing from a generator changes it; objects stay where they are
        try:
            compare.equal(now, was, None)
        except Failure as failure:
            message = f"the call changed its {name}"
            raise Failure(
                Kind.MUTATION,
                message,
                detail=failure.detail,
                expected=was,
                actual=now,
                difference=failure.difference,
            ) from None
    return value


def gradient(
    actual: Any,
    function: Callable[[np.ndarray], float],
    at: np.ndarray,
    rtol: float = 1e-6,
    atol: float = 1e-7,
    label: str | None = None,
) -> None:
    """The gradient of a trusted function, such as `lambda x: (seed * reference.f(x)).sum()`, at a point.

    It is computed here by central differences in float64, so that no analytic gradient has to be trusted.
    """
    compare.close(actual, numeric.gradient(function, np.asarray(at)), rtol, atol, label)


def binomial(
    successes: int, trials: int, p: float, false_alarm: float = 1e-9, label: str | None = None
) -> None:
    """The count fits `trials` independent events of probability `p` (two-sided exact test).

    A right answer fails with probability at most `false_alarm`.
    """
    if tails.binomial_two_sided(int(successes), int(trials), float(p)) >= false_alarm:
        return
    what = label or "the number of events"
    detail = f"{successes} of {trials}, expected about {trials * p:.0f} (probability {p:g})"
    message = f"{what}: not what the probability gives ({_right_answers(false_alarm)})"
    share = successes / max(trials, 1)
    raise Failure(Kind.STATISTICS, message, detail=detail, label=label, expected=p, actual=share)


def mean(
    values: Any,
    mean: float,
    std: float,
    false_alarm: float = 1e-9,
    label: str | None = None,
    span: float | None = None,
) -> None:
    """The average of independent values of this mean and standard deviation is near it.

    With `span`, which no value's distance from the mean exceeds, a right answer fails with probability at
    most `false_alarm` (Bernstein). Without it this is a two-sided z-test: exact for normal values, for many
    of any other kind an approximation.
    """
    numbers = array(values, label).astype(np.float64)
    average = float(numbers.mean()) if numbers.size else math.nan
    count = max(numbers.size, 1)
    if span is None:
        bound = tails.normal_bound(false_alarm) * std / math.sqrt(count)
    else:
        bound = tails.bernstein_bound(false_alarm, count, std, span)
    if abs(average - mean) <= max(bound, 1e-12 * max(1.0, abs(mean))):
        return
    what = label or "the mean"
    detail = f"{average:.6g}, expected {mean:.6g} within {bound:.2g}"
    message = f"{what}: not what it should be ({_right_answers(false_alarm)})"
    raise Failure(Kind.STATISTICS, message, detail=detail, label=label, expected=mean, actual=average)


def _right_answers(false_alarm: float) -> str:
    return f"a right answer fails with probability {false_alarm:g}"


def that(condition: Any, message: str, label: str | None = None, kind: Kind = Kind.VALUES) -> None:
    """Anything else. The message is shown on hidden cases too: put no expected values into it."""
    if not bool(condition):
        raise Failure(kind, message, label=label)
