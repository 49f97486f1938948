"""A learner's submission in a session of the engine, as a driver that checks can use."""

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.candidate import Driver, Frame, Raised, Reply, Request
from exercises.values import Generator, Opaque, Ref, Tensor, convert, copied, runs_backwards
from grader import engine as sandbox
from grader import pictures, words
from grader.engine import errors, wire

MOST_NOTES = 20


class RemoteDriver(Driver):
    """Carries out one case's requests in an open session.

    Objects are numbered afresh in each case, in the order in which they come up, so that a replay against a
    trusted module meets the same numbers.
    """

    def __init__(
        self,
        session: sandbox.Session,
        *,
        visible: bool = False,
        on_note: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._visible = visible
        self._on_note = on_note
        self._session = session
        self._handles: dict[int, sandbox.Handle] = {}
        self._numbers: dict[int, int] = {}
        self.seconds = 0.0
        self.stdout: list[str] = []
        self.pictures: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def perform(self, request: Request) -> Reply:
        """Ask the candidate's process. Raises `Raised`, and the engine's errors where a session ends."""
        try:
            reply = self._ask(request)
        except errors.CandidateRaised as error:
            self.stdout.append(error.stdout)
            raise raised(error) from error
        except errors.CandidateFault as fault:
            self.stdout.append(fault.stdout)
            raise
        self.seconds += reply.seconds
        self.stdout.append(reply.stdout)
        inputs = None
        if reply.inputs is not None:
            inputs = tuple(self._value(item) for item in (*reply.inputs, *reply.keywords.values()))
        gradients = None if reply.gradients is None else tuple(self._value(item) for item in reply.gradients)
        return Reply(self._value(reply.value), reply.stdout, reply.seconds, inputs, gradients)

    def show(self, title: str, actual: Any, expected: Any) -> None:
        """Keep two pictures of a visible case, small at once; the first few of a case are enough."""
        if self._visible and len(self.pictures) < pictures.MOST:
            self.pictures.append(pictures.pair(title, actual, expected))

    def note(self, text: str) -> None:
        """Pass a check's word on, and keep the first of them for the report."""
        cleaned = words.clean(text)
        if len(self.notes) < MOST_NOTES:
            self.notes.append(cleaned)
        if self._on_note:
            self._on_note(cleaned)

    def _ask(self, request: Request) -> sandbox.Reply:
        if request.read and isinstance(request.target, tuple):
            owner, name = request.target
            return self._session.attribute(self._handles[owner.number], name)
        gradients = request.gradients
        return self._session.call(
            self._target(request.target),
            tuple(self._wire(item) for item in request.args),
            {key: self._wire(item) for key, item in request.kwargs.items()},
            return_inputs=request.return_inputs,
            gradients=sandbox.Gradients(gradients.of, gradients.seed) if gradients else None,
        )

    def _target(self, target: Any) -> Any:
        if isinstance(target, Ref):
            return self._handles[target.number]
        if isinstance(target, tuple):
            return self._handles[target[0].number], target[1]
        return target

    def _wire(self, value: Any) -> Any:
        return convert(value, self._wire_leaf)

    def _wire_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and runs_backwards(leaf) and self._session.profile != "numpy":
            return copied(leaf, reversed_axes=False)  # torch.as_tensor would refuse it
        if isinstance(leaf, Tensor):
            return sandbox.TensorValue(leaf.array, leaf.device, leaf.requires_grad)
        if isinstance(leaf, Generator):
            return wire.Generator(leaf.seed, leaf.kind, leaf.number)
        if isinstance(leaf, Ref):
            return self._handles[leaf.number]
        return leaf

    def _value(self, value: Any) -> Any:
        return convert(value, self._value_leaf)

    def _value_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, sandbox.TensorValue):
            return Tensor(leaf.array, leaf.device, leaf.requires_grad)
        if isinstance(leaf, sandbox.Opaque):
            return Opaque(leaf.type_name)
        if isinstance(leaf, sandbox.Handle):
            number = self._numbers.setdefault(leaf.id, len(self._numbers) + 1)
            self._handles[number] = leaf
            return Ref(number, leaf.type_name)
        return leaf


def raised(error: errors.CandidateRaised) -> Raised:
    """The engine's word for an exception in the checks' terms."""
    frames = tuple(Frame(frame.line, frame.function) for frame in error.frames)
    return Raised(error.type_name, error.bases, error.text, frames)
