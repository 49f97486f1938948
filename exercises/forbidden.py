"""Library functions that would do the exercise in one line, found in the text of an answer.

This keeps honest learners to the task. It is no barrier: who hides a name from it fools nobody else.
"""

import ast
from collections.abc import Collection, Iterator

from exercises import syntax


def use(source: str, names: Collection[str]) -> tuple[int, str] | None:
    """Line and dotted name of the first use of a forbidden name that is reached through an import.

    `names` are last components: `conv2d` forbids `torch.nn.functional.conv2d`, by whatever alias. The
    answer's own functions and methods of objects may have these names. None for a text that does not parse.
    """
    tree = syntax.parsed(source) if names else None
    if tree is None:
        return None
    found = sorted(one for one in _reached(tree) if one[1].rpartition(".")[2] in names)
    return found[0] if found else None


def _reached(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that is imported, or read as an attribute of an import."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.partition(".")[0]  # what `import torch.nn` binds
                known[alias.asname or package] = alias.name if alias.asname else package
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node, known)
            if dotted:
                yield node.lineno, dotted


def _dotted(node: ast.expr, known: dict[str, str]) -> str:
    """The full name of `F.conv2d` and the like; empty where the chain does not start at an import."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return ""
    return ".".join([known[node.id], *reversed(parts)])
