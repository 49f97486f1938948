"""Text about values and exceptions for reports.

What it describes is hostile, so all text is bounded and free of control characters.
"""

import builtins
import math
import re
import reprlib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from exercises.candidate import Call, Frame, Instance, Raised
from exercises.catalogue import Exercise
from exercises.describe import kind_of
from exercises.values import Generator, Opaque, Ref, Tensor

MESSAGE_CHARACTERS = 1000
VALUE_CHARACTERS = 4000
CACHED_BYTES = 4096
STDOUT_CHARACTERS = 8000
LINE_CHARACTERS = 200
FRAMES = 8
UNSEEN = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
}  # control, format (as right-to-left overrides), surrogates, unassigned

# What a fault is called where the words of the candidate's process must not be shown.
WITHOUT_THE_CHILDS = {
    "invalid_submission": "The code no longer defines what the task asks for.",
    "output_limit": "printed or gave back more than the limits allow",
}
_UNNAMED = ("<module>", "<lambda>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")

_repr = reprlib.Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxdict = 60
_repr.maxstring = _repr.maxother = 600
_repr.maxlong = 80
_repr.maxlevel = 5


def clean(text: str, longest: int = MESSAGE_CHARACTERS) -> str:
    """Printable text of at most this many characters; says where it was cut."""
    kept = text[: longest + 1]
    shown = "".join(c if c in "\n\t" or unicodedata.category(c) not in UNSEEN else "\ufffd" for c in kept)
    return shown if len(kept) <= longest else f"{shown[:longest]} … (cut at {longest:,} characters)"


def value_text(value: Any) -> str:
    """A value for reading: of arrays sort, dtype, shape and numbers, the middle of large ones left out."""
    try:
        return clean(_described(value), VALUE_CHARACTERS)
    except Exception:  # a hostile value may be too strange to print, as an integer of a million digits is
        return kind_of(value)


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"tensor, {_array_text(value.array)}"
    if isinstance(value, np.ndarray):
        return f"array, {_array_text(value)}"
    if isinstance(value, Generator):
        return f"a random generator with seed {value.seed}"
    if isinstance(value, Raised):
        return f"{value.type_name}: {value.message}"
    if isinstance(value, (Ref, Opaque)):
        return f"an object of type {value.type_name[:60]}"
    if isinstance(value, Instance):
        return repr(value)
    if isinstance(value, np.generic):
        return f"{value.item()!r} ({value.dtype.name})"
    return _repr.repr(value)


def _array_text(array: np.ndarray) -> str:
    if array.nbytes > CACHED_BYTES or array.dtype.kind == "O":
        return _drawn(array)
    return _drawn_again(array.tobytes(), array.dtype, array.shape)


def _drawn(array: np.ndarray) -> str:
    body = np.array2string(array, threshold=200, edgeitems=3, precision=6, max_line_width=100)
    return f"{array.dtype.name[:30]}, shape {array.shape}\n{body}"


@lru_cache(maxsize=512)
def _drawn_again(data: bytes, dtype: np.dtype, shape: tuple[int, ...]) -> str:
    """Drawing takes 0.3 ms an array, and the inputs of visible cases are always the same."""
    return _drawn(np.frombuffer(data, dtype).reshape(shape))


def inputs(exercise: Exercise, call: Call) -> list[dict[str, str]]:
    """The arguments of a call, by the names that the starter gives them."""
    request = call.request
    given: list[tuple[int | str, Any]] = [*enumerate(request.args), *request.kwargs.items()]
    return [{"name": argument(exercise, call, place), "text": value_text(value)} for place, value in given]


def argument(exercise: Exercise, call: Call, place: int | str) -> str:
    """What the starter calls the argument at this position; a keyword is its own name."""
    if isinstance(place, str):
        return place
    target = call.request.target
    names = exercise.parameters(target) if isinstance(target, str) else ()
    return names[place] if place < len(names) else f"argument {place + 1}"


def called(call: Call) -> str:
    """What was called, in words."""
    target = call.request.target
    if isinstance(target, str):
        return target
    owner, name = target if isinstance(target, tuple) else (target, "")
    return clean(f"{owner.type_name[:60]} object{'.' if name else ''}{name}", 150)


def exception_text(error: Raised, visible: bool) -> str:
    """An exception in words. On hidden cases only a built-in name: anything else could carry inputs."""
    if visible:
        return clean(str(error) if error.message else error.type_name)
    known = [name for name in error.bases if isinstance(getattr(builtins, name, None), type)]
    return f"raised {known[0] if known else 'an exception'}"


def frames(found: Sequence[Frame], source: str) -> list[dict[str, Any]]:
    """Frames of a traceback with the learner's own lines, read from the source that was submitted.

    So are the names of functions: one that was made up while running could hold a hidden input.
    """
    lines = re.split(r"\r\n|\r|\n", source)  # as Python counts them, unlike str.splitlines
    known = {*re.findall(r"\w+", source), *_UNNAMED}
    return [
        {
            "line": frame.line,
            "function": clean(frame.function, 60) if frame.function in known else "?",
            "text": clean(lines[frame.line - 1].strip(), LINE_CHARACTERS),
        }
        for frame in found[-FRAMES:]
        if 1 <= frame.line <= len(lines)
    ]


def plain(value: Any) -> Any:
    """A number as JSON has it: what JSON cannot hold becomes text."""
    if isinstance(value, (bool, int)) or value is None:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return clean(str(value), 60)
