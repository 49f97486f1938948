"""Which entries of a call's arrays feed one cell of its result.

A trusted answer makes the call again with some entries changed. Where that changes the cell, the box of
entries is halved and both halves are tried, down to single entries: about 2 log2(n) calls for each entry that
feeds the cell. That needs a plain function that always gives the same; everything else is given up quietly.
"""

import math
from dataclasses import dataclass, replace
from time import thread_time
from typing import Any

import numpy as np

from exercises.candidate import Call, Raised, Reply, Request, array_of, holds_ref
from exercises.failure import Compared
from exercises.local import LocalDriver
from exercises.values import Generator, Tensor

SECONDS = 0.3  # of CPU time
CALLS = 3000
ENTRIES = 100_000  # of an array that is looked into
AXES = 6
SLOW_SECONDS = 1.0  # a call that took the candidate this long is no small one
NEAR = 0.05

Box = tuple[slice, ...]


@dataclass(frozen=True, eq=False)
class Fed:
    """An array argument, by position or keyword, and which of its entries feed the cell."""

    place: int | str
    array: np.ndarray
    feeds: np.ndarray


class _GaveUp(Exception):
    """The budget is spent, or the cell cannot be followed."""


def feeding(
    source: str,
    provided: dict[str, str],
    call: Call,
    compared: Compared,
    first: tuple[int, ...],
    deadline: float | None = None,
) -> list[Fed]:
    """The array arguments that feed the cell `first` of what `call` gave, by the trusted `source`.

    Empty where that cannot be found before this thread's CPU time passes `deadline`, or at all.
    """
    deadline = thread_time() + SECONDS if deadline is None else deadline
    path = _path(call.reply, compared.actual)
    if path is None or call.reply is None or not _plain(call.request) or call.reply.seconds > SLOW_SECONDS:
        return []
    try:
        cell = _Cell(LocalDriver(source, "solution", provided), call.request, path, first, deadline)
        if not _near(cell.given, float(compared.expected[first])):
            return []
        return list(cell.fed())
    except (_GaveUp, Raised):
        return []


def _plain(request: Request) -> bool:
    """Whether this calls a function of the module, without objects that have a state."""
    given = [value for _, value in _given(request)]
    stateful = any(isinstance(item, Generator) for item in given) or holds_ref(given)
    return isinstance(request.target, str) and ":" not in request.target and not request.read and not stateful


def _given(request: Request) -> list[tuple[int | str, Any]]:
    return [*enumerate(request.args), *request.kwargs.items()]


def _at(request: Request, place: int | str) -> np.ndarray:
    value = request.kwargs[place] if isinstance(place, str) else request.args[place]
    return np.asarray(array_of(value))


def _followed(array: np.ndarray) -> bool:
    return array.dtype.kind in "iuf" and 0 < array.size <= ENTRIES and 1 <= array.ndim <= AXES


def _path(reply: Reply | None, actual: np.ndarray) -> tuple[Any, ...] | None:
    """Where in the reply this very array is: a field, then indices and keys."""
    if reply is None:
        return None
    for name in ("value", "gradients", "inputs"):
        found = _within(getattr(reply, name), actual)
        if found is not None:
            return (name, *found)
    return None


def _within(value: Any, actual: np.ndarray) -> tuple[Any, ...] | None:
    if array_of(value) is actual:
        return ()
    items = value.items() if isinstance(value, dict) else enumerate(value) if _is_list(value) else ()
    for key, item in items:
        found = _within(item, actual)
        if found is not None:
            return (key, *found)
    return None


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _near(value: float, expected: float) -> bool:
    return math.isclose(value, expected, rel_tol=1e-3, abs_tol=1e-6)


class _Cell:
    """One cell of the result of one call, watched while arguments change."""

    def __init__(
        self,
        driver: LocalDriver,
        request: Request,
        path: tuple[Any, ...],
        index: tuple[int, ...],
        deadline: float,
    ) -> None:
        self._driver = driver
        self._request = request
        self._path = path
        self._index = index
        self._deadline = deadline
        self._calls = CALLS
        self._single = False  # whether the result is in single precision or less
        self.given = self._value(request)
        if self._value(request) != self.given:
            raise _GaveUp
        self._around, self._base = self._nearby(request)
        if not math.isfinite(self._base):
            raise _GaveUp
        self._noise = (1e-5 if self._single else 1e-9) * max(abs(self._base), 1e-3)

    def _nearby(self, request: Request) -> tuple[Request, float]:
        """A request nearby without zeros, since what is multiplied by one feeds the cell as well."""
        around = request
        for place, value in _given(request):
            array = array_of(value)
            if array is not None and array.dtype.kind == "f" and array.size <= ENTRIES:
                around = _with(around, place, _inside(array))
        try:
            return around, self._value(around)
        except Raised:  # the answer does not take such values
            return request, self.given

    def fed(self) -> list[Fed]:
        """The arguments that feed it; those that are done when the budget is spent."""
        found = []
        for place, value in _given(self._request):
            array = array_of(value)
            if array is None or not _followed(array):
                continue
            try:
                feeds = self._feeds(place)
            except _GaveUp:
                break
            if feeds.any():
                found.append(Fed(place, array, feeds))
        return found

    def _feeds(self, place: int | str) -> np.ndarray:
        """Which entries of this argument matter, by bisection along the longest axis."""
        array = _at(self._around, place)
        feeds = np.zeros(array.shape, bool)
        boxes = [tuple(slice(0, size) for size in array.shape)]
        changes = [changed for changed in _changes(array) if self._accepts(place, changed)]
        while boxes:
            box = boxes.pop()
            if not any(self._moves(place, array, changed, box) for changed in changes):
                continue
            halves = _halves(box)
            boxes += halves
            if not halves:
                feeds[box] = True
        return feeds

    def _accepts(self, place: int | str, changed: np.ndarray) -> bool:
        """Whether the answer takes such values; probabilities, for one, are not far from those given."""
        try:
            self._value(_with(self._around, place, changed))
        except Raised:
            return False
        return True

    def _moves(self, place: int | str, array: np.ndarray, changed: np.ndarray, box: Box) -> bool:
        """Whether the cell changes when this box of entries does. What the answer refuses tells nothing."""
        tried = array.copy(order="K")
        tried[box] = changed[box]
        try:
            value = self._value(_with(self._around, place, tried))
        except Raised:
            return False
        return not abs(value - self._base) <= self._noise  # NaN is a change, too

    def _value(self, request: Request) -> float:
        """The cell's value for this request. Raises Raised, and _GaveUp when the budget is spent."""
        self._calls -= 1
        if self._calls < 0 or thread_time() > self._deadline:
            raise _GaveUp
        found: Any = self._driver.perform(request)
        found = getattr(found, self._path[0])
        try:
            for key in self._path[1:]:
                found = found[key]
            array = array_of(found)
            if array is None:
                raise _GaveUp
            self._single = array.dtype.itemsize <= 4 and array.dtype.kind == "f"
            return float(array[self._index])
        except (LookupError, TypeError, ValueError) as error:  # an answer of another form
            raise _GaveUp from error


def _changes(array: np.ndarray) -> list[np.ndarray]:
    """Other values for all entries: far above, far below and, for what has bounds, a little within them.

    They differ from entry to entry, so that changes do not cancel.
    """
    noise = 1 + np.random.default_rng(0).random(array.shape)
    if array.dtype.kind in "iu":
        step = np.ceil(3 * noise).astype(array.dtype)
        return [array + step, array - step]  # may wrap around, which is a change as well
    low, high = _range(array)
    scale = 2 * max(high, -low) + 1
    with np.errstate(all="ignore"):
        far = [(array + sign * scale * noise).astype(array.dtype) for sign in (1, -1)]
    return [*far, _inside(array)]


def _inside(array: np.ndarray) -> np.ndarray:
    """All entries a little nearer to other values between zero and the largest ones."""
    low, high = _range(array)
    shares = np.random.default_rng(1).random(array.shape)
    target = low + (high - low) * shares if high > low else shares
    with np.errstate(all="ignore"):
        return (array + NEAR * (target - array)).astype(array.dtype)


def _range(array: np.ndarray) -> tuple[float, float]:
    finite = array[np.isfinite(array)].astype(np.float64)
    return float(finite.min(initial=0.0)), float(finite.max(initial=0.0))


def _halves(box: Box) -> list[Box]:
    """The box in two along its longest axis; nothing of a single entry."""
    sizes = [part.stop - part.start for part in box]
    axis = sizes.index(max(sizes))
    if sizes[axis] == 1:
        return []
    middle = box[axis].start + sizes[axis] // 2
    return [
        (*box[:axis], part, *box[axis + 1 :])
        for part in (slice(middle, box[axis].stop), slice(box[axis].start, middle))
    ]


def _with(request: Request, place: int | str, array: np.ndarray) -> Request:
    """The request with another array at one place."""
    if isinstance(place, str):
        return replace(request, kwargs={**request.kwargs, place: _as(request.kwargs[place], array)})
    args = list(request.args)
    args[place] = _as(args[place], array)
    return replace(request, args=tuple(args))


def _as(old: Any, array: np.ndarray) -> Any:
    return Tensor(array, old.device, old.requires_grad) if isinstance(old, Tensor) else array
