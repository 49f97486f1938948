"""Runs trusted modules, such as model answers and typical mistakes, in this process.

Never give it a learner's source: nothing here protects this process.
"""

import builtins
import importlib
import sys
import traceback
import types
import warnings
from collections.abc import Mapping
from contextlib import contextmanager
from functools import lru_cache
from time import perf_counter
from typing import Any

import numpy as np

from exercises.candidate import Candidate, Driver, Frame, GradientsOf, Raised, Reply, Request
from exercises.frameworks import imports_torch
from exercises.values import Generator, Ref, Tensor, convert, copied

SCALARS = (bool, int, float, complex, str, bytes, type(None))


class LocalCandidate(Candidate):
    """A trusted module as a candidate. `provided` maps module names to sources that it may import."""

    def __init__(
        self, source: str, name: str = "candidate", provided: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(LocalDriver(source, name, provided or {}))


class LocalDriver(Driver):
    """Carries out requests on a module that was executed in this process."""

    def __init__(self, source: str, name: str, provided: Mapping[str, str]) -> None:
        super().__init__()
        self._objects: dict[int, Any] = {}
        self._generators: dict[int, Any] = {}
        self._file = f"<{name}>"
        self._reversed_axes = not imports_torch(source)  # as in the sandbox
        self._device = ""  # what tensors pretend to be on, once one for another device has come
        given: dict[str, types.ModuleType] = {}
        for module_name, text in provided.items():
            given[module_name] = _module(module_name, text, f"<{module_name}>", given)
        with quiet():
            self.module = _module(name, source, self._file, given)
        if "torch" in sys.modules:
            _torch().set_num_threads(1)  # as in the sandbox; small tensors are slower on several threads
        self._given = given

    def perform(self, request: Request) -> Reply:
        """Call or read in this process. Arguments are copies, as they are for a learner."""
        args = tuple(self._native(item) for item in request.args)
        kwargs = {key: self._native(item) for key, item in request.kwargs.items()}
        start = perf_counter()
        try:
            with quiet():
                if request.gradients:
                    args = _recording(args, request.gradients.of)
                value = self._reach(request.target)
                if not request.read:
                    value = value(*args, **kwargs)
                gradients = self._gradients(value, args, request.gradients)
        except Exception as error:
            raise _raised(error, self._file) from error
        seconds = perf_counter() - start
        inputs = (
            tuple(self._data(item) for item in (*args, *kwargs.values())) if request.return_inputs else None
        )
        return Reply(self._data(value), "", seconds, inputs, gradients)

    def _reach(self, target: Any) -> Any:
        if isinstance(target, str):
            module_name, _, name = target.rpartition(":")  # "given:Server" is in a provided module
            return getattr(self._given[module_name] if module_name else self.module, name)
        if isinstance(target, Ref):
            return self._objects[target.number]
        owner, name = target
        return getattr(self._objects[owner.number], name)

    def _native(self, value: Any) -> Any:
        """The object that a value stands for, made afresh."""
        return convert(value, self._native_leaf)

    def _native_leaf(self, leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return copied(leaf, reversed_axes=self._reversed_axes)
        if isinstance(leaf, Tensor):
            if leaf.device != "cpu":  # computed on the CPU all the same: trusted code leaves the GPU alone
                self._device = leaf.device
            tensor = _torch().from_numpy(leaf.array.copy(order="K"))
            return tensor.requires_grad_() if leaf.requires_grad else tensor
        if isinstance(leaf, Generator):
            return self._generators.setdefault(leaf.number, None) or self._new_generator(leaf)
        if isinstance(leaf, Ref):
            return self._objects[leaf.number]
        return leaf

    def _new_generator(self, leaf: Generator) -> Any:
        if leaf.kind == "torch":
            made = _torch().Generator().manual_seed(leaf.seed)
        else:
            made = np.random.default_rng(leaf.seed)
        self._generators[leaf.number] = made
        return made

    def _data(self, value: Any) -> Any:
        """What would come back over the wire."""
        if type(value) in SCALARS or isinstance(value, np.generic):
            return value
        if isinstance(value, np.ndarray):
            return np.array(value, order="K", copy=True, subok=False)
        if isinstance(value, list):
            return [self._data(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self._data(item) for item in value)
        if isinstance(value, dict):
            return {key: self._data(item) for key, item in value.items()}
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            array = value.detach().cpu().resolve_conj().resolve_neg().numpy().copy()
            return Tensor(array, self._device or str(value.device), value.requires_grad)
        return self._keep(value)

    def _keep(self, value: Any) -> Ref:
        for number, known in self._objects.items():
            if known is value:
                return Ref(number, type(value).__name__)
        number = len(self._objects) + 1
        self._objects[number] = value
        return Ref(number, type(value).__name__)

    def _gradients(
        self, value: Any, args: tuple[Any, ...], wanted: GradientsOf | None
    ) -> tuple[Any, ...] | None:
        if wanted is None:
            return None
        torch = _torch()
        seed = torch.as_tensor(np.ascontiguousarray(wanted.seed)).to(value.device, value.dtype)
        inputs = [args[index] for index in wanted.of]
        found = torch.autograd.grad((seed * value).sum(), inputs, allow_unused=True)
        return tuple(self._data(gradient) for gradient in found)


def _recording(args: tuple[Any, ...], of: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(
        item.detach().requires_grad_() if index in of and not item.requires_grad else item
        for index, item in enumerate(args)
    )


def _torch() -> Any:
    """PyTorch, imported where a tensor is first needed: most exercises never do."""
    return importlib.import_module("torch")


@contextmanager
def quiet() -> Any:
    """Floating-point warnings of a wrong answer are its own affair."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _module(name: str, source: str, file: str, given: Mapping[str, types.ModuleType]) -> types.ModuleType:
    """Execute a source as a module that can import `given` modules by name, without touching sys.modules."""
    module = types.ModuleType(name)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _importer(given)}
    exec(_compiled(source, file), module.__dict__)  # noqa: S102
    return module


@lru_cache(maxsize=256)
def _compiled(source: str, file: str) -> types.CodeType:
    return compile(source, file, "exec", dont_inherit=True)


def _importer(given: Mapping[str, types.ModuleType]) -> Any:
    def find(name: str, *args: Any, **kwargs: Any) -> types.ModuleType:
        return given[name] if name in given else builtins.__import__(name, *args, **kwargs)

    return find


def _raised(error: Exception, file: str) -> Raised:
    frames = tuple(
        Frame(entry.lineno or 0, entry.name)
        for entry in traceback.extract_tb(error.__traceback__)
        if entry.filename == file
    )
    bases = tuple(
        base.__name__ if base.__module__ == "builtins" else f"{base.__module__}.{base.__name__}"
        for base in type(error).__mro__
    )
    return Raised(type(error).__name__, bases, str(error), frames)
