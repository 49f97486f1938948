"""Parsing Python text in a process with threads.

CPython 3.11 counts the depth of the tree that `ast.parse` makes in one place for all threads, so that two
parses at a time end in "SystemError: AST constructor recursion depth mismatch". One lock keeps them apart.
"""

import ast
import threading
from typing import Literal, overload

_lock = threading.Lock()


@overload
def parse(source: str) -> ast.Module: ...
@overload
def parse(source: str, mode: Literal["eval"]) -> ast.Expression: ...
def parse(source: str, mode: Literal["exec", "eval"] = "exec") -> ast.Module | ast.Expression:
    """`ast.parse`, one at a time; raises what that raises."""
    with _lock:
        return ast.parse(source) if mode == "exec" else ast.parse(source, mode="eval")


def parsed(source: str) -> ast.Module | None:
    """The tree of a learner's text, or None for what does not parse, for whatever reason."""
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
