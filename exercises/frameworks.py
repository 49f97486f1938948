"""Which framework an answer uses, and with it the profile that it runs in and the cases that it is given."""

import ast
from functools import lru_cache

from exercises import syntax
from exercises.metadata import Metadata

NUMPY, TORCH = "numpy", "torch"


def used(exercise: Metadata, source: str) -> str:
    """`numpy` or `torch`: what the exercise takes, and where it takes both, whether the source imports torch.

    A text that does not parse counts as NumPy: it fails before any case.
    """
    if len(exercise.frameworks) == 1:
        return exercise.frameworks[0]
    return TORCH if imports_torch(source) else NUMPY


def profile(exercise: Metadata, framework: str) -> str:
    """The engine's profile on the CPU: an answer in NumPy starts sooner where PyTorch is not loaded."""
    return NUMPY if framework == NUMPY and exercise.profile == TORCH else exercise.profile


@lru_cache(maxsize=256)
def imports_torch(source: str) -> bool:
    """Whether an import of torch or of anything in it stands anywhere in the source."""
    tree = syntax.parsed(source)
    return tree is not None and any(name.partition(".")[0] == TORCH for name in _imported(tree))


def _imported(tree: ast.Module) -> list[str]:
    """The dotted names of the modules that a source imports."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
    return names
