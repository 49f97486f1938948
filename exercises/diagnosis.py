"""Which typical mistake a failed case shows: replays the case's calls against the exercise's mistakes.

A mistake is named if it gives what the candidate gave at the failing call and is itself rejected by the
case. Where several do, the one that agrees in every call of the case is meant; where that leaves no single
one, none is named. Where none gives the same output, a mistake is named if it alone fails the same labelled
expectation.
"""

from collections.abc import Sequence
from functools import partial
from time import thread_time
from typing import Any

import numpy as np

from exercises import frameworks
from exercises.candidate import Call, Raised
from exercises.catalogue import Exercise, Mistake
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalDriver
from exercises.values import Opaque, Ref, Tensor

SECONDS = 5.0
GLANCE = 4096  # values compared before all are: most wrong outputs differ early


def diagnose(
    exercise: Exercise,
    case: Case,
    seed: int,
    calls: Sequence[Call],
    failure: Exception,
    deadline: float | None = None,
    likely: Mistake | None = None,
    among: Sequence[Mistake] | None = None,
) -> Mistake | None:
    """The mistake that explains the failure of a case in which these calls were made.

    All mistakes of the exercise are considered, or those `among` the given ones.

    A `likely` mistake, such as one named for an earlier case, is tried first and named without trying the
    others if it agrees in every call. Gives up when this thread's CPU time passes `deadline`: a diagnosis is
    a help, not a duty, and a busy machine must not change it.
    """
    deadline = thread_time() + SECONDS if deadline is None else deadline
    failing = failing_call(calls, failure)
    if failing is None or (isinstance(failure, Raised) and failure.type_name == "NotImplementedError"):
        return None  # nothing was asked, or nothing is written yet
    same: list[tuple[Mistake, list[bool]]] = []
    suited = _suited(exercise, case) if among is None else list(among)
    for mistake in sorted(suited, key=lambda mistake: mistake != likely):
        if thread_time() > deadline:
            return None
        agreement = replay(exercise, mistake, calls[: failing + 1])
        if len(agreement) <= failing or not agreement[failing]:
            continue
        if outcome(exercise, case, seed, mistake.source, mistake.name) is None:
            continue
        if mistake == likely and _agrees_throughout(exercise, mistake, calls, agreement):
            return mistake
        same.append((mistake, agreement))
    if len(same) == 1:
        return same[0][0]
    every = [
        mistake for mistake, agreement in same if _agrees_throughout(exercise, mistake, calls, agreement)
    ]
    if len(every) == 1:
        return every[0]
    return None if every else _by_label(exercise, case, seed, failure, suited, deadline)


def _suited(exercise: Exercise, case: Case) -> list[Mistake]:
    """The mistakes in a framework whose answers are given the case: others fail it for other reasons."""
    return [one for one in exercise.mistakes if case.suits(frameworks.used(exercise, one.source))]


def _agrees_throughout(
    exercise: Exercise, mistake: Mistake, calls: Sequence[Call], agreement: list[bool]
) -> bool:
    """Whether the mistake agrees in all calls, given how it agrees in the first of them."""
    if all(agreement) and len(agreement) < len(calls):
        agreement = replay(exercise, mistake, calls)
    return all(agreement) and len(agreement) == len(calls)


def _by_label(
    exercise: Exercise,
    case: Case,
    seed: int,
    failure: Exception,
    suited: Sequence[Mistake],
    deadline: float,
) -> Mistake | None:
    """The only mistake that fails the same labelled expectation."""
    if getattr(failure, "label", None) is None:
        return None
    found = []
    for mistake in suited:
        if thread_time() > deadline:
            return None
        own = outcome(exercise, case, seed, mistake.source, mistake.name)
        if own is not None and _same_label(own, failure):
            found.append(mistake)
    return found[0] if len(found) == 1 else None


def outcome(exercise: Exercise, case: Case, seed: int, source: str, name: str) -> Exception | None:
    """How a trusted source fails a case; None if it passes. Trouble in the check counts as failing."""
    try:
        case.run(exercise.local(source, name), seed)
    except Exception as error:
        return error
    return None


def _same_label(own: Exception, failure: Exception) -> bool:
    if not isinstance(own, Failure) or not isinstance(failure, Failure):
        return False
    return failure.label is not None and own.label == failure.label


def failing_call(calls: Sequence[Call], failure: Exception) -> int | None:
    """The call whose value failed the expectation: found by identity, else the last one."""
    actual = getattr(failure, "actual", None)
    if actual is not None:
        for index in range(len(calls) - 1, -1, -1):
            reply = calls[index].reply
            if reply is not None and _holds(reply.value, actual):
                return index
    return len(calls) - 1 if calls else None


def _holds(value: Any, actual: Any) -> bool:
    if value is actual:
        return True
    return isinstance(value, (list, tuple)) and any(item is actual for item in value)


def replay(exercise: Exercise, mistake: Mistake, calls: Sequence[Call]) -> list[bool]:
    """Make the same calls to a mistake: for each, whether it ends as the candidate's did."""
    try:
        driver = LocalDriver(mistake.source, mistake.name, exercise.provided)
    except Exception:
        return []
    agreement = []
    for call in calls:
        try:
            reply = driver.perform(call.request)
        except Raised as raised:
            agreement.append(call.raised is not None and call.raised.type_name == raised.type_name)
        except Exception:
            break
        else:
            agreement.append(call.reply is not None and agree(call.reply.value, reply.value))
    return agreement


def agree(one: Any, other: Any) -> bool:
    """Whether two values are the same up to rounding, with their sorts, shapes and dtypes."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return agree(one.array, other.array)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return _agree_arrays(one, other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        if type(one) is not type(other) or len(one) != len(other):
            return False
        return all(agree(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    if isinstance(one, (Ref, Opaque)) or isinstance(other, (Ref, Opaque)):
        return isinstance(one, (Ref, Opaque)) and isinstance(other, (Ref, Opaque))
    if isinstance(one, (int, float, np.number)) and isinstance(other, (int, float, np.number)):
        return _agree_arrays(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and bool(one == other)


def _agree_arrays(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind or one.dtype.kind not in "biufc":
        return False
    low = one.dtype.itemsize <= 4 and one.dtype.kind == "f"
    tolerance = 1e-4 if low else 1e-8
    with np.errstate(all="ignore"):
        close = partial(np.allclose, rtol=tolerance, atol=tolerance, equal_nan=True)
        glance = close(one.flat[:GLANCE], other.flat[:GLANCE])
        return bool(glance and (one.size <= GLANCE or close(one, other)))
