"""Arithmetic in questions: `{= expr | format }` in texts and `"=expr"` in answers.

Question banks are uploaded by people, so an expression is hostile text. It is parsed, never executed:
simpleeval walks the tree with a short list of node types (no attributes, lambdas, comprehensions,
f-strings, slices or starred arguments), and every value on the way, not only the last, must be a small
number, text or list. Operators check before they compute where the result could be large (powers, repeated
lists), and a budget of steps bounds the time of a whole question, however often its numbers are drawn
again.
"""

import ast
import math
import operator
import re
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache

from simpleeval import SimpleEval

from exercises import syntax
from exercises.reference.arithmetic import FUNCTIONS as ARITHMETIC

Value = int | float | bool | str | None | list["Value"] | tuple["Value", ...]

MAX_LENGTH = 500  # characters of one expression
MAX_DEPTH = 30  # nesting of one expression
MAX_BITS = 128  # of any integer on the way
MAX_ITEMS = 1000  # in a list, inner lists included
MAX_TEXT = 200  # characters of a text value
MAX_STEPS = 200_000  # nodes evaluated for one question

FORMAT = re.compile(r"[ +]?0?\d?\d?[,_]?(?:\.[0-2]?\d)?[bdeEfFgGoxX%]?")
INSERT = re.compile(r"\{\{=|\{=(?P<inside>[^{}\n]*)\}")
BROKEN_INSERT = re.compile(r"\{=[^{}\n]*(?:$|[{\n])")


class ExpressionError(ValueError):
    """An expression that cannot be evaluated; the message says why, for the author of the question."""


class Budget:
    """The steps that all expressions of one question may take together."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise ExpressionError(f"the question takes more than {MAX_STEPS:,} steps of arithmetic")


def evaluate(source: str, names: Mapping[str, Value] | None = None, budget: Budget | None = None) -> Value:
    """The value of an expression; raises ExpressionError."""
    tree = _parse(source.strip())
    try:
        return _evaluator().run(tree, source, names or {}, budget or Budget())
    except ExpressionError:
        raise
    except RecursionError:
        raise ExpressionError(f"“{_short(source)}” is nested too deeply") from None
    except ZeroDivisionError:
        raise ExpressionError(f"“{_short(source)}” divides by zero") from None
    except (
        Exception
    ) as error:  # simpleeval and the called functions raise many kinds; all mean a bad expression
        raise ExpressionError(f"“{_short(source)}”: {str(error)[:200] or type(error).__name__}") from None


def names_in(source: str) -> set[str]:
    """The variables that an expression reads."""
    tree = _parse(source.strip())
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def expand(text: str, names: Mapping[str, Value] | None = None, budget: Budget | None = None) -> str:
    """Replace every `{= expr | format }` of a text; `{{=` stands for a literal `{=`."""
    if "{=" not in text:
        return text
    budget = budget or Budget()
    if broken := BROKEN_INSERT.search(INSERT.sub("", text)):
        raise ExpressionError(f"“{_short(broken[0])}” has no closing brace on its line")

    def value(match: re.Match[str]) -> str:
        inside = match["inside"]
        return "{=" if inside is None else _shown(inside, names or {}, budget)

    return INSERT.sub(value, text)


def inserted(text: str) -> list[str]:
    """The expressions in a text, without their formats."""
    return [_split(match["inside"])[0] for match in INSERT.finditer(text) if match["inside"] is not None]


def show(value: Value, spec: str = "") -> str:
    """A value as readers see it. Integers of seven digits and more get separators, floats six digits."""
    if spec:
        return _formatted(value, spec)
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**6 else f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(show(item) for item in value) + ("," if len(value) == 1 else "") + ")"
    return value


def _shown(inside: str, names: Mapping[str, Value], budget: Budget) -> str:
    source, spec = _split(inside)
    return show(evaluate(source, names, budget), spec)


def _split(inside: str) -> tuple[str, str]:
    source, _, spec = inside.partition("|")
    return source.strip(), spec.strip()


def _formatted(value: Value, spec: str) -> str:
    if not FORMAT.fullmatch(spec):
        raise ExpressionError(
            f"“{_short(spec)}” is not a format: use for example .2f, ,  or .1% (at most 99 wide, 29 decimals)"
        )
    if not isinstance(value, int | float):
        raise ExpressionError(f"the format “{spec}” needs a number, not {_short(show(value))}")
    try:
        return format(value, spec)
    except ValueError as error:
        raise ExpressionError(f"the format “{spec}” does not fit {show(value)}: {error}") from None


def _short(text: str, limit: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=2000)
def _parse(source: str) -> ast.expr:
    if not source:
        raise ExpressionError("the expression is empty")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters, this one {len(source)}")
    try:
        tree = syntax.parse(source, "eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"“{_short(source)}” is not an arithmetic expression") from None
    if _depth(tree) > MAX_DEPTH:
        raise ExpressionError(f"“{_short(source)}” is nested more than {MAX_DEPTH} deep")
    return tree


def _depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _size(value: object) -> int:
    """The number of entries of nested lists, counted no further than the limit."""
    if not isinstance(value, list | tuple):
        return 1
    total = 1
    for item in value:
        total += _size(item)
        if total > MAX_ITEMS:
            break
    return total


def _bounded(value: object) -> Value:
    """Give back a value that is small and of a known type; everything else is an error."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value.bit_length() <= MAX_BITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value
    if isinstance(value, list | tuple) and _size(value) <= MAX_ITEMS:
        return value
    if isinstance(value, int | float | str | list | tuple):
        raise ExpressionError(
            f"a value is too large: at most {MAX_BITS} bits, {MAX_ITEMS} list entries, {MAX_TEXT} characters"
        )
    raise ExpressionError(f"a value of type {type(value).__name__} is not allowed")


def _numbers(function: Callable[..., object]) -> Callable[[object, object], object]:
    """An operator for two numbers only: `%` would format a text, `*` would repeat one."""

    def checked(left: object, right: object) -> object:
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise ExpressionError("arithmetic needs numbers on both sides")
        return function(left, right)

    return checked


def _power(base: float, exponent: float) -> object:
    bits = base.bit_length() if isinstance(base, int) else 1
    if abs(exponent) > 1024 or bits * abs(exponent) > 8 * MAX_BITS:
        raise ExpressionError("a power is too large")
    return base**exponent


def _add(left: object, right: object) -> object:
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    return _numbers(operator.add)(left, right)


def _multiply(left: object, right: object) -> object:
    if isinstance(left, list | tuple) and isinstance(right, int):
        if (_size(left) - 1) * max(right, 0) >= MAX_ITEMS:
            raise ExpressionError(f"a list has at most {MAX_ITEMS} entries")
        return left * right
    return _numbers(operator.mul)(left, right)


def _round(value: float, digits: int = 0) -> float:
    """Like the builtin; bounded, since rounding to -10**9 digits computes that power."""
    if not -30 <= digits <= 30:
        raise ExpressionError("round takes -30 to 30 digits")
    return round(value, digits) if digits else round(value)


def _log(value: float, base: float | None = None) -> float:
    return math.log(value) if base is None else math.log(value, base)


OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: _add,
    ast.Sub: _numbers(operator.sub),
    ast.Mult: _multiply,
    ast.Div: _numbers(operator.truediv),
    ast.FloorDiv: _numbers(operator.floordiv),
    ast.Mod: _numbers(operator.mod),
    ast.Pow: _numbers(_power),
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

FUNCTIONS: dict[str, Callable[..., object]] = {
    **ARITHMETIC,
    "abs": abs,
    "min": min,
    "max": max,
    "round": _round,
    "sum": sum,
    "len": len,
    "sqrt": math.sqrt,
    "floor": math.floor,
    "ceil": math.ceil,
    "log": _log,
    "log2": math.log2,
    "exp": math.exp,
    "prod": math.prod,
}


class _Evaluator(SimpleEval):
    """simpleeval with the node types of arithmetic only, and a bound on every value and on the steps."""

    def __init__(self) -> None:
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names={})
        self.budget = Budget()
        self.nodes = {
            ast.Constant: self._eval_constant,
            ast.Name: self._eval_variable,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._eval_boolop,
            ast.Compare: self._eval_compare,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_plain_call,
            ast.keyword: self._eval_keyword,
            ast.Subscript: self._eval_subscript,
            ast.List: lambda node: [self._eval(item) for item in node.elts],
            ast.Tuple: lambda node: tuple(self._eval(item) for item in node.elts),
        }

    def run(self, tree: ast.expr, source: str, names: Mapping[str, Value], budget: Budget) -> Value:
        self.expr, self.names, self.budget = source, names, budget
        return self._eval(tree)

    def _eval(self, node: ast.AST) -> Value:
        self.budget.spend()
        handler = self.nodes.get(type(node))
        if handler is None:
            raise ExpressionError(f"{type(node).__name__} is not allowed in an expression")
        if isinstance(node, ast.keyword):
            return handler(node)
        value = _bounded(handler(node))
        if isinstance(value, list | tuple):
            self.budget.spend(len(value))  # what is done with a list takes time for each entry
        return value

    def _eval_variable(self, node: ast.Name) -> Value:
        if node.id not in self.names:
            known = ", ".join(sorted(self.names)) or "none"
            raise ExpressionError(f"the name “{node.id}” is not defined (defined: {known})")
        return self.names[node.id]

    def _eval_plain_call(self, node: ast.Call) -> object:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise ExpressionError(
                f"“{_short(ast.unparse(node.func))}” is not a function of the question language"
            )
        return self._eval_call(node)


_threads = threading.local()


def _evaluator() -> _Evaluator:
    """This thread's evaluator: making one takes longer than most expressions do, and none calls another."""
    if not hasattr(_threads, "evaluator"):
        _threads.evaluator = _Evaluator()
    evaluator: _Evaluator = _threads.evaluator
    return evaluator
