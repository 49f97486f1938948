"""The candidate's module and objects, as the child process drives them.

All of this shares a process with hostile code, so nothing here decides a verdict: whatever it answers is
data that the trusted side checks.
"""

import difflib
import importlib.util
import io
import linecache
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.engine import cuda, tensors, wire

MODULE = "solution"
FILENAME = "solution.py"
FRAMES = 8
MESSAGE_CHARACTERS = 2000
LINE_CHARACTERS = 200
MAX_HANDLES = 10_000


class OutputFlood(BaseException):
    """The candidate printed more than the hard bound; no `Exception`, so that fewer handlers swallow it."""


class Invalid(Exception):
    """The submission lacks something or cannot be compiled."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Sink(io.RawIOBase):
    """Keeps the first bytes that were printed, counts the rest, and stops a flood."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.total = 0
        self.keep = 65536
        self.hard = 16 * self.keep

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.total += size
        room = self.keep - len(self.kept)
        if room > 0:
            self.kept += bytes(data)[:room]
        if self.total > self.hard:
            raise OutputFlood
        return size

    def take(self) -> str:
        """What was printed since the last call, cut at the bound."""
        text = self.kept.decode("utf-8", "replace")
        if self.total > self.keep:
            text += f"\n[cut here: only the first {self.keep:,} bytes are kept]\n"
        self.kept, self.total = bytearray(), 0
        return text


class Candidate:
    """One loaded submission."""

    def __init__(self) -> None:
        self.module = types.ModuleType(MODULE)
        self.module.__file__ = FILENAME
        self.handles: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        self.generators: dict[int, Any] = {}
        self.sink = Sink()
        self.result_bytes = 64 * 1024 * 1024
        raw: Any = self.sink
        self.output = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)

    def capture_output(self) -> None:
        """Warnings and errors are printed where everything else is."""
        for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
            setattr(sys, name, self.output)

    # Loading

    def load(self, source: str) -> dict[str, Any]:
        """Compile and run the submission; gives its public names."""
        code = self._compile(source)
        _remember_lines(FILENAME, source)
        sys.modules[MODULE] = self.module
        exec(code, self.module.__dict__)  # noqa: S102 - this is what the sandbox is for
        return {"names": self.public_names()}

    def forget(self) -> None:
        """Undo what loading left outside this object."""
        sys.modules.pop(MODULE, None)
        linecache.cache.pop(FILENAME, None)

    def _compile(self, source: str) -> types.CodeType:
        try:
            return compile(source, FILENAME, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise Invalid(f"{type(error).__name__}: {error.msg}", error.lineno) from None
        except (RecursionError, MemoryError):
            raise Invalid("The code is nested too deeply to be compiled.") from None
        except ValueError as error:
            raise Invalid(f"The code cannot be compiled: {error}") from None

    def provide(self, name: str, source: str) -> dict[str, Any]:
        """Make trusted source importable under `name`."""
        module = types.ModuleType(name)
        filename = f"{name}.py"
        _remember_lines(filename, source)
        module.__file__ = filename
        module.__spec__ = importlib.util.spec_from_loader(name, loader=None)
        sys.modules[name] = module
        exec(compile(source, filename, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
        return {}

    def public_names(self) -> list[str]:
        """Names that the module itself defines: no imports, nothing with a leading underscore."""
        return [
            name
            for name, value in self.module.__dict__.items()
            if not name.startswith("_")
            and not isinstance(value, types.ModuleType)
            and getattr(value, "__module__", MODULE) in (MODULE, None)
        ][:200]

    # Using

    def find(self, target: str) -> Any:
        """The object behind `name` of the submission or `module:name` of a provided module."""
        module_name, _, name = target.rpartition(":")
        module = sys.modules[module_name] if module_name else self.module
        try:
            return getattr(module, name)
        except AttributeError:
            raise Invalid(self._missing(name)) from None

    def _missing(self, name: str) -> str:
        found = self.public_names()
        if not found:
            return f"Your code defines no '{name}': it defines no public name at all."
        text = f"Your code defines no '{name}'. It defines: {', '.join(found[:20])}."
        close = difflib.get_close_matches(name, found, 1) or [n for n in found if n.lower() == name.lower()]
        return f"{text} Did you mean '{close[0]}'?" if close else text

    def resolve(self, target: Any) -> Callable[..., Any]:
        """The callable that a target names: a name, an object with a method's name, or an object."""
        if type(target) is str:
            found = self.find(target)
            if not callable(found):
                kind = type(found).__name__
                raise Invalid(f"'{target}' is of type {kind}, but it has to be a function or class.")
            return found
        return getattr(*target) if type(target) is tuple else target

    def attribute(self, target: Any, name: str) -> dict[str, Any]:
        value = self.find(name) if target is None else getattr(target, name)
        return {"value": value}

    def call(
        self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], inputs: bool, gradients: Any
    ) -> dict[str, Any]:
        """Call what `target` names; with `inputs` give the arguments back as they are afterwards."""
        function = self.resolve(target)
        if gradients:
            value, found = tensors.call_with_gradients(function, args, kwargs, *gradients)
            reply = {"value": value, "gradients": found}
        else:
            reply = {"value": function(*args, **kwargs)}
        if inputs:
            reply |= {"inputs": args, "keywords": kwargs}
        return reply

    # Values

    def reduce(self, value: Any) -> Any:
        """What travels instead of a value that is no plain data."""
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return tensors.to_wire(value)
        if isinstance(value, (int, float, complex, str, bytes, list, tuple, dict)):
            return None
        if id(value) not in self.numbers:
            if len(self.handles) >= MAX_HANDLES:
                return wire.Opaque(_type_name(value))
            self.numbers[id(value)] = len(self.handles) + 1
            self.handles[len(self.handles) + 1] = value
        return wire.Handle(self.numbers[id(value)], _type_name(value))

    def revive(self, value: Any) -> Any:
        """The live object for something that travelled by description."""
        if isinstance(value, wire.Handle):
            return self.handles[value.id]
        if isinstance(value, wire.Generator):
            return self._generator(value)
        return tensors.from_wire(value)

    def _generator(self, value: wire.Generator) -> Any:
        if value.id not in self.generators:
            if value.kind == "torch":
                self.generators[value.id] = tensors.generator(value.seed)
            else:
                self.generators[value.id] = np.random.default_rng(value.seed)
        return self.generators[value.id]

    # Failures

    def failure(self, error: BaseException) -> tuple[int, dict[str, Any]]:
        """The frame that reports an exception which left the candidate's code."""
        if isinstance(error, Invalid):
            return wire.INVALID, {"message": str(error), "line": error.line}
        if isinstance(error, OutputFlood):
            return wire.LIMIT, {"limit": "output", "message": f"printed more than {self.sink.hard:,} bytes"}
        if isinstance(error, wire.TooLarge):
            return wire.LIMIT, {"limit": "output", "message": str(error)}
        text = _text(error)
        if isinstance(error, MemoryError) or "DefaultCPUAllocator" in text or cuda.is_out_of_memory(error):
            return wire.LIMIT, {"limit": "memory", "message": "ran out of memory"}
        return wire.RAISED, {
            "type": _type_name(error),
            "bases": [_qualified(base) for base in type(error).__mro__],
            "message": text,
            "frames": _own_frames(error),
        }


def _remember_lines(filename: str, source: str) -> None:
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def _type_name(value: Any) -> str:
    return str(type(value).__qualname__)[: wire.MAX_NAME]


def _qualified(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = "(its message cannot be shown)"
    if isinstance(error, ModuleNotFoundError) and error.name:
        text += f". Only the standard library and {_installed()} can be imported here."
    return text[:MESSAGE_CHARACTERS]


def _installed() -> str:
    return "NumPy and PyTorch" if "torch" in sys.modules else "NumPy"


def _own_frames(error: BaseException) -> list[tuple[int, str, str]]:
    """The last frames in the learner's own code: line, function, text of the line."""
    frames = [
        (number, frame.f_code.co_name)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == FILENAME
    ]
    return [
        (number, name, linecache.getline(FILENAME, number).strip()[:LINE_CHARACTERS])
        for number, name in frames[-FRAMES:]
    ]
