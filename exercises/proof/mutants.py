"""All mutants of a model answer: sources that differ from it in one place.

A mutant is named by the function and the line before and after, so that its name survives what is done to
other lines. Left alone are texts of exceptions and f-strings, annotations, decorators, imports, docstrings,
and orders that mean nothing, as that of the axes of a sum.
"""

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exercises import syntax
from exercises.proof import operators

MOST = 200
DROPPED = "(dropped)"
UNORDERED_KEYWORDS = ("axis", "dim")  # not axes, which transpose, tensordot and rot90 take in order
_REDUCTIONS = ("sum", "mean", "var", "std", "max", "min", "amax", "amin", "any", "all", "prod", "nansum")
UNORDERED_CALLS = (*_REDUCTIONS, "nanmean", "flip", "squeeze", "expand_dims", "isinstance", "set")
RESHAPING = ("reshape", "view")  # any negative size stands for the one that is missing
TYPES = ("tuple", "list", "dict", "set", "Sequence", "Callable", "Iterable", "Iterator", "Mapping", "Literal")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """One changed source. `name` is its key in survivors.toml; `line` is where the model answer differs."""

    file: str
    name: str
    line: int
    before: str
    after: str
    source: str


@dataclass(frozen=True)
class Place:
    """Where a node is: the field of its parent, and the statement and function that it belongs to."""

    parent: Any
    field: str
    index: int | None
    statement: ast.stmt
    scope: str

    def put(self, node: Any) -> None:
        """Let this node stand here."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Change:
    """A mutant before its source is written: what stands in the place of which node."""

    name: str
    before: str
    after: str
    place: Place
    old: Any
    new: Any


def mutants(file: str, source: str, most: int = MOST) -> list[Mutant]:
    """At most this many mutants of a source, in the order of its lines, and always the same ones.

    The choice goes by a hash of the names, so that it is spread evenly and hardly moves when a line changes.
    """
    tree = syntax.parse(source)
    changes = _changes(tree)
    if len(changes) > most:
        chosen = {key(change.name) for change in sorted(changes, key=_rank)[:most]}
        changes = [change for change in changes if key(change.name) in chosen]
    return [_written(file, tree, change) for change in changes]


def names(source: str) -> list[str]:
    """The names of all mutants of a source."""
    return [change.name for change in _changes(syntax.parse(source))]


def key(name: str) -> str:
    """What names are compared by: Python versions differ in where they write brackets and quotes."""
    return "".join(character for character in name if character not in "()'\" ")


def _rank(change: Change) -> bytes:
    return hashlib.sha256(key(change.name).encode()).digest()


def _written(file: str, tree: ast.Module, change: Change) -> Mutant:
    change.place.put(change.new)
    source = ast.unparse(tree)
    change.place.put(change.old)
    line = change.place.statement.lineno
    return Mutant(file, change.name, line, change.before, change.after, source + "\n")


def _changes(tree: ast.Module) -> list[Change]:
    """Every change, each with a name of its own."""
    found: list[Change] = []
    seen: Counter[str] = Counter()
    done: set[tuple[int, str]] = set()
    for place, old, new in _Walk(tree).variants():
        before = _line(place.statement)
        place.put(new)
        dropped = isinstance(new, ast.Pass)
        after = DROPPED if dropped else _line(new if isinstance(new, ast.stmt) else place.statement)
        place.put(old)
        here = (id(place.statement), after)
        if before == after or here in done:
            continue
        done.add(here)
        name = f"{place.scope}: {before} -> {after}"
        seen[key(name)] += 1
        again = f" #{seen[key(name)]}" if seen[key(name)] > 1 else ""
        found.append(Change(name + again, before, after, place, old, new))
    return found


def _line(statement: ast.stmt) -> str:
    """A statement in one line; of a compound one, its head."""
    shown = copy.copy(statement)
    if isinstance(shown, FUNCTIONS):
        shown.args, shown.returns = copy.deepcopy(shown.args), None
        for arg in ast.walk(shown.args):
            if isinstance(arg, ast.arg):
                arg.annotation = None
    for field, value in (("body", [ast.Pass()]), ("orelse", []), ("finalbody", []), ("decorator_list", [])):
        if hasattr(shown, field):
            setattr(shown, field, value)
    text = " ".join(ast.unparse(shown).split())
    return text.removesuffix(" pass").removesuffix(":") if hasattr(shown, "body") else text


class _Walk:
    """Goes through a module and gives, place by place, what may stand there instead."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree

    def variants(self) -> Iterator[tuple[Place, Any, Any]]:
        """(place, what stands there, what could)."""
        yield from self._body(self.tree, "body", "module", bound=set())

    def _body(self, parent: Any, field: str, scope: str, bound: set[str]) -> Iterator[tuple[Place, Any, Any]]:
        statements = getattr(parent, field, [])
        for index, statement in enumerate(statements):
            place = Place(parent, field, index, statement, scope)
            last = index == len(statements) - 1 and isinstance(parent, FUNCTIONS)
            yield from self._statement(place, statement, bound, last)
            bound |= _stored(statement)

    def _statement(
        self, place: Place, statement: ast.stmt, bound: set[str], last: bool
    ) -> Iterator[tuple[Place, Any, Any]]:
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or _is_docstring(statement):
            return
        if _can_be_dropped(statement, bound) and not (last and isinstance(statement, ast.Return)):
            yield place, statement, ast.Pass()
        if isinstance(statement, ast.Raise):
            return
        for new in operators.STATEMENTS.get(type(statement), _nothing)(statement):
            yield place, statement, new
        if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
            yield from self._definition(statement, place.scope)
            return
        yield from self._children(statement, statement, place.scope)
        for field in ("body", "orelse", "finalbody"):
            yield from self._body(statement, field, place.scope, bound)
        for handler in getattr(statement, "handlers", []):
            yield from self._body(handler, "body", place.scope, bound)
        for branch in getattr(statement, "cases", []):
            yield from self._body(branch, "body", place.scope, bound)

    def _definition(self, statement: Any, outer: str) -> Iterator[tuple[Place, Any, Any]]:
        scope = statement.name if outer == "module" else f"{outer}.{statement.name}"
        bound = set()
        if isinstance(statement, FUNCTIONS):
            for field in ("defaults", "kw_defaults"):
                for index, default in enumerate(getattr(statement.args, field)):
                    place = Place(statement.args, field, index, statement, scope)
                    yield from self._expression(default, place) if default else ()
            bound = {arg.arg for arg in ast.walk(statement.args) if isinstance(arg, ast.arg)}
        yield from self._body(statement, "body", scope, bound)

    def _children(self, node: ast.AST, statement: ast.stmt, scope: str) -> Iterator[tuple[Place, Any, Any]]:
        """The expressions below a node, statements and what is left alone excepted."""
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases", "type_comment", "ctx", "op"):
                continue
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, item in items:
                if isinstance(item, (ast.expr, ast.keyword, ast.comprehension, ast.withitem)):
                    yield from self._expression(item, Place(node, field, index, statement, scope))

    def _expression(self, node: Any, place: Place) -> Iterator[tuple[Place, Any, Any]]:
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.keyword) and operators.is_idle(node)):
            return
        if isinstance(node, ast.Subscript) and _is_type(node.value):
            return
        if isinstance(place.parent, ast.Call) and place.index == 1 and _names(place.parent, "isinstance"):
            return
        if isinstance(place.parent, ast.Call) and _names(place.parent, *RESHAPING) and _is_minus_one(node):
            return
        if not (isinstance(node, (ast.Tuple, ast.List)) and _order_means_nothing(node, place)):
            for new in operators.EXPRESSIONS.get(type(node), _nothing)(node):
                if not (_is_zero(new) and _is_term(place)):  # the sum without the term is a mutant already
                    yield place, node, new
        if _is_condition(node, place):
            for new in operators.negated(node):
                yield place, node, new
        yield from self._children(node, place.statement, place.scope)


def _nothing(node: Any) -> Iterator[Any]:
    return iter(())


def _stored(node: ast.AST) -> set[str]:
    """The names that get a value in a statement."""
    return {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _can_be_dropped(statement: ast.stmt, bound: set[str]) -> bool:
    """Simple statements, unless a name would be missing without them, which any case would notice."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return _stored(statement) <= bound
    kinds = (ast.Expr, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Break, ast.Continue, ast.Delete)
    return isinstance(statement, kinds)


def _is_type(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in TYPES) or (
        isinstance(node, ast.Attribute) and node.attr in ("ndarray", "NDArray")
    )


def _is_zero(node: Any) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == 0


def _is_term(place: Place) -> bool:
    parent = place.parent
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub))


def _is_minus_one(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"


def _names(call: ast.Call, *names: str) -> bool:
    return operators.called(call) in names


def _order_means_nothing(node: ast.Tuple | ast.List, place: Place) -> bool:
    """A set of axes or of words, or what `in` looks through."""
    parent = place.parent
    words = all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts)
    if words or (isinstance(parent, ast.Compare) and place.field == "comparators"):
        return True
    if isinstance(parent, ast.keyword):
        return parent.arg in UNORDERED_KEYWORDS
    return isinstance(parent, ast.Call) and _names(parent, *UNORDERED_CALLS)


def _is_condition(node: Any, place: Place) -> bool:
    return (place.field == "test" and isinstance(node, ast.expr)) or (
        isinstance(place.parent, ast.comprehension) and place.field == "ifs"
    )
