"""What a check sees of a candidate: functions to call, objects whose methods and attributes it can use.

A `Driver` carries out requests somewhere (in this process for trusted modules, in a sandbox for
learners' sources) and logs them, so that a failed case can be replayed. `Candidate`, `Function` and
`Instance` are the proxies that checks hold; they turn attribute access and calls into requests.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exercises.values import Generator, Ref, Tensor, convert, snapshot

Target = str | Ref | tuple[Ref, str]
NOTE_CHARACTERS = 120


@dataclass(frozen=True)
class Frame:
    """One line of the candidate's own code in a traceback."""

    line: int
    function: str


class Raised(Exception):
    """The candidate's code raised an exception. Everything in here is the candidate's word."""

    def __init__(
        self, type_name: str, bases: tuple[str, ...] = (), message: str = "", frames: tuple[Frame, ...] = ()
    ) -> None:
        super().__init__(type_name, bases, message, frames)  # what it is made of again in another process
        self.type_name = type_name
        self.bases = bases
        self.message = message
        self.frames = frames

    def __str__(self) -> str:
        return f"{self.type_name}: {self.message}"

    def is_a(self, name: str) -> bool:
        """Whether the exception's class or one of its bases has this name; built-in classes are bare."""
        return name in self.bases


@dataclass(frozen=True)
class GradientsOf:
    """Asks for d(sum(seed * output)) / d(argument i) for each i in `of`; torch only."""

    of: tuple[int, ...]
    seed: np.ndarray


@dataclass(frozen=True)
class Request:
    """One use of the candidate: a call, or with `read` the reading of an attribute of an object."""

    target: Target
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    read: bool = False
    return_inputs: bool = False
    gradients: GradientsOf | None = None


@dataclass(frozen=True)
class Reply:
    """What came back: the value, what was printed, the seconds it took; inputs and gradients if asked for."""

    value: Any
    stdout: str = ""
    seconds: float = 0.0
    inputs: tuple[Any, ...] | None = None
    gradients: tuple[Any, ...] | None = None


@dataclass
class Call:
    """A logged request and how it ended; neither reply nor exception where the session broke."""

    request: Request
    reply: Reply | None = None
    raised: Raised | None = None


class Driver(ABC):
    """Carries out requests and logs them. Subclasses say how a request is performed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    @abstractmethod
    def perform(self, request: Request) -> Reply:
        """Do what the request says; raises `Raised` where the candidate's code raises."""

    def invoke(self, request: Request) -> Reply:
        """Perform and log a request."""
        kept = Request(
            request.target,
            snapshot(request.args),
            snapshot(request.kwargs),
            request.read,
            request.return_inputs,
            request.gradients,
        )
        call = Call(kept)
        self.calls.append(call)
        try:
            call.reply = self.perform(request)
        except Raised as error:
            call.raised = error
            raise
        return call.reply

    def show(self, title: str, actual: Any, expected: Any) -> None:  # noqa: B027
        """Keep two pictures for the report, where there is one; `actual` may be anything."""

    def note(self, text: str) -> None:  # noqa: B027
        """Tell how far the case is, where somebody waits for it."""


class Function:
    """A callable of the candidate's: a function, a class or a method."""

    def __init__(self, driver: Driver, target: Target) -> None:
        self._driver = driver
        self._target = target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and give back what it returns."""
        return self._ask(args, kwargs).value

    def with_inputs(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[Any, ...]]:
        """Call it; give back the value and the positional, then keyword arguments as they are afterwards."""
        reply = self._ask(args, kwargs, return_inputs=True)
        return reply.value, reply.inputs or ()

    def with_gradients(
        self, *args: Any, of: tuple[int, ...] = (0,), seed: np.ndarray, **kwargs: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """Call it; give back the value and d(sum(seed * value)) / d(argument i) for each i in `of`."""
        reply = self._ask(args, kwargs, gradients=GradientsOf(tuple(of), seed))
        return reply.value, reply.gradients or ()

    def _ask(self, args: tuple[Any, ...], kwargs: dict[str, Any], **options: Any) -> Reply:
        request = Request(self._target, _unwrapped(args), _unwrapped(kwargs), **options)
        reply = self._driver.invoke(request)
        return Reply(
            _wrapped(self._driver, reply.value), reply.stdout, reply.seconds, reply.inputs, reply.gradients
        )


class Instance(Function):
    """An object that lives beside the candidate: call it, call its methods, read and set its attributes."""

    _ref: Ref

    def __init__(self, driver: Driver, ref: Ref) -> None:
        object.__setattr__(self, "_driver", driver)
        object.__setattr__(self, "_target", ref)
        object.__setattr__(self, "_ref", ref)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        reply = self._driver.invoke(Request((self._ref, name), read=True))
        if isinstance(reply.value, Ref):
            return Member(self._driver, reply.value, (self._ref, name))
        return _wrapped(self._driver, reply.value)

    def __setattr__(self, name: str, value: Any) -> None:
        self._driver.invoke(Request((self._ref, "__setattr__"), (name, _unwrapped(value))))

    def __repr__(self) -> str:
        return f"<{self._ref.type_name} object of the candidate>"


class Member(Instance):
    """An attribute that is an object itself, such as a method or a submodule; called through its owner."""

    def __init__(self, driver: Driver, ref: Ref, path: tuple[Ref, str]) -> None:
        super().__init__(driver, ref)
        object.__setattr__(self, "_path", path)

    def _ask(self, args: tuple[Any, ...], kwargs: dict[str, Any], **options: Any) -> Reply:
        return Function(self._driver, self._path)._ask(args, kwargs, **options)


class Candidate:
    """The module under judgement: `candidate.name(...)` calls its function or class `name`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._driver, name)

    @staticmethod
    def generator(seed: int, kind: str = "numpy") -> Generator:
        """A random generator beside the candidate, to pass as an argument; its state advances."""
        return Generator(int(seed), kind)

    def show(self, title: str, actual: Any, expected: Any) -> None:
        """Show the learner two pictures of a visible case: theirs beside the expected one.

        Pictures are arrays or tensors of shape (H, W), or (H, W, 3) for colours. Both are scaled by the
        range of the expected one. `actual` may be whatever came back. Hidden cases show nothing.
        """
        array = array_of(expected)
        if array is None or array.dtype.kind not in "biuf" or not is_picture(array.shape):
            raise ValueError("the expected picture must be an array of numbers, (H, W) or (H, W, 3)")
        if array.size == 0 or not np.isfinite(array).all():
            raise ValueError("the expected picture must have pixels, all of them finite")
        if not isinstance(title, str) or not title.strip():
            raise ValueError("a picture needs a title")
        self._driver.show(title, actual, expected)

    def progress(self, text: str) -> None:
        """Tell the learner who waits how far a long case is, as "split 2 of 3: accuracy 0.987".

        One line, cut at 120 characters. It is shown on hidden cases as well: put no input or expected
        value into it.
        """
        self._driver.note(" ".join(str(text).split())[:NOTE_CHARACTERS])


def array_of(value: Any) -> np.ndarray | None:
    """The array in an array or tensor; None of anything else."""
    if isinstance(value, Tensor):
        return value.array
    return value if isinstance(value, np.ndarray) else None


def is_picture(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape can be seen: grey or in three colours."""
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def _wrapped(driver: Driver, value: Any) -> Any:
    if isinstance(value, Ref):
        return Instance(driver, value)
    if isinstance(value, (list, tuple, dict)) and holds_ref(value):
        return convert(value, lambda leaf: Instance(driver, leaf) if isinstance(leaf, Ref) else leaf)
    return value


def holds_ref(value: Any) -> bool:
    """Whether an object of the candidate's is anywhere in this value."""
    if isinstance(value, dict):
        return any(holds_ref(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(holds_ref(item) for item in value)
    return isinstance(value, Ref)


def _unwrapped(value: Any) -> Any:
    return convert(value, lambda leaf: leaf._target if isinstance(leaf, Instance) else leaf)
