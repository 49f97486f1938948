"""The ways in which one node of a model answer is changed to make a wrong answer of it.

Each operator is a function from a node to the nodes that may stand in its place; `EXPRESSIONS` and
`STATEMENTS` say which apply to which kind of node. They work on nodes alone; what must not be changed
because of where it stands (messages, annotations, order that means nothing) is left out by `mutants`.
"""

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

Variants = Iterator[Any]

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
PAIRS = """min max|minimum maximum|amin amax|argmin argmax|nanmin nanmax|sum mean|var std|zeros ones
zeros_like ones_like|floor ceil|any all|cumsum cumprod|exp expm1|log log1p|sqrt square|sin cos|train eval
logical_and logical_or|greater less|greater_equal less_equal|hstack vstack|softmax log_softmax|sigmoid tanh
add subtract|multiply divide|triu tril"""
SWAPPED = {
    one: other
    for pair in PAIRS.replace("\n", "|").split("|")
    for one, other in (pair.split(), reversed(pair.split()))
}
UNWRAPPED = ("abs", "absolute", "flip", "flipud", "fliplr")  # f(x) becomes x
UNWRAPPED_METHODS = ("copy", "astype", "clone")  # x.f() becomes x
SYMMETRIC = {"isinstance", "maximum", "minimum", "max", "min", "add", "multiply", "allclose", "gcd", "print"}
SYMMETRIC |= {"logical_and", "logical_or", "hypot", "array_equal", "equal", "result_type"}
SMALL = 1e-3  # a float below is some epsilon


def constants(node: ast.Constant) -> Variants:
    """Off by one, in either direction; other values of booleans and floats."""
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1) if value else ast.UnaryOp(ast.USub(), ast.Constant(1))
    elif isinstance(value, float):
        others = (0.0, value * 1000) if abs(value) < SMALL else (0.0, 2 * value)
        yield from (ast.Constant(other) for other in (others if value else (1.0,)))


def arithmetic(node: ast.BinOp) -> Variants:
    """Another operator, or a term of the sum left out."""
    for other in ARITHMETIC.get(type(node.op), ()):
        yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, (ast.Add, ast.Sub)):
        yield node.left
        if not (isinstance(node.left, ast.BinOp) and isinstance(node.left.op, (ast.Add, ast.Sub))):
            yield node.right if isinstance(node.op, ast.Add) else ast.UnaryOp(ast.USub(), node.right)


def signs(node: ast.UnaryOp) -> Variants:
    """Without the minus sign, `not` or `~`."""
    if isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield node.operand


def comparisons(node: ast.Compare) -> Variants:
    """A comparison that differs where both sides are equal, or is the opposite."""
    for place, op in enumerate(node.ops):
        ops = [*node.ops[:place], COMPARISONS[type(op)](), *node.ops[place + 1 :]]
        yield ast.Compare(node.left, ops, node.comparators)


def logic(node: ast.BoolOp) -> Variants:
    """`and` for `or` and the other way, or an operand left out."""
    yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def negated(test: ast.expr) -> Variants:
    """The condition's opposite, unless another operator makes the same."""
    single = isinstance(test, ast.Compare) and len(test.ops) == 1
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return
    if single and not isinstance(test.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):  # type: ignore[attr-defined]
        return
    yield ast.UnaryOp(ast.Not(), test)


def choices(node: ast.IfExp) -> Variants:
    """Always the one value, or always the other."""
    yield from (node.body, node.orelse)


def swapped_elements(node: ast.Tuple | ast.List) -> Variants:
    """Two neighbours change places: axes, sizes, indices, results."""
    for elements in _neighbours_swapped(node.elts):
        yield type(node)(elements, node.ctx)


def slices(node: ast.Slice) -> Variants:
    """Bounds that are off by one; constant bounds are left to `constants`."""
    if _is_computed(node.lower):
        yield ast.Slice(_plus_one(node.lower), node.upper, node.step)
    if _is_computed(node.upper):
        yield ast.Slice(node.lower, _minus_one(node.upper), node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)


def calls(node: ast.Call) -> Variants:
    """Arguments in another order, keyword arguments left out or with each other's values, other functions."""
    name = called(node)
    if name == "range":
        yield from _ranges(node)
    elif name not in SYMMETRIC and not any(isinstance(arg, ast.Starred) for arg in node.args):
        for arguments in _neighbours_swapped(node.args):
            yield ast.Call(node.func, arguments, node.keywords)
    yield from _keywords(node)
    yield from _other_functions(node, name)
    yield from _other_subscripts(node, name)


def names(node: ast.Attribute) -> Variants:
    """Half the precision."""
    if node.attr == "float64":
        yield ast.Attribute(node.value, "float32", node.ctx)


def called(node: ast.Call) -> str:
    """The last name of what is called; empty if it has none."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def updates(node: ast.AugAssign) -> Variants:
    """`+=` with another operator, or a plain assignment."""
    for other in ARITHMETIC.get(type(node.op), ()):
        yield ast.AugAssign(node.target, other(), node.value)
    yield ast.copy_location(ast.Assign([node.target], node.value), node)


def jumps(node: ast.Break | ast.Continue) -> Variants:
    """`break` for `continue` and the other way."""
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _neighbours_swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    if any(isinstance(item, ast.Starred) for item in items):
        return
    for place in range(len(items) - 1):
        yield [*items[:place], items[place + 1], items[place], *items[place + 2 :]]


def _is_computed(bound: ast.expr | None) -> bool:
    if isinstance(bound, ast.UnaryOp):
        bound = bound.operand
    return bound is not None and not isinstance(bound, ast.Constant)


def _plus_one(node: ast.expr | None) -> ast.expr:
    assert node is not None
    return ast.BinOp(node, ast.Add(), ast.Constant(1))


def _minus_one(node: ast.expr | None) -> ast.expr:
    assert node is not None
    return ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _ranges(node: ast.Call) -> Variants:
    for place in range(min(2, len(node.args))):
        if isinstance(node.args[place], (ast.Constant, ast.Starred)):
            continue
        for shifted in (_plus_one, _minus_one):
            args = [*node.args[:place], shifted(node.args[place]), *node.args[place + 1 :]]
            yield ast.Call(node.func, args, node.keywords)


def _keywords(node: ast.Call) -> Variants:
    named = [keyword for keyword in node.keywords if keyword.arg and not is_idle(keyword)]
    for keyword in named:
        yield ast.Call(node.func, node.args, [other for other in node.keywords if other is not keyword])
    for one, other in pairwise(named):
        values = {one.arg: other.value, other.arg: one.value}
        swapped = [ast.keyword(k.arg, values.get(k.arg, k.value)) for k in node.keywords]
        yield ast.Call(node.func, node.args, swapped)


def is_idle(keyword: ast.keyword) -> bool:
    """Keyword arguments that change speed or raise on what cannot happen, but no result."""
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return keyword.arg in ("strict", "optimize") or (keyword.arg == "copy" and value is False)


def _other_functions(node: ast.Call, name: str) -> Variants:
    if name in SWAPPED:
        yield ast.Call(_renamed(node.func, SWAPPED[name]), node.args, node.keywords)
    if name in UNWRAPPED and node.args:
        yield node.args[0]
    if name in UNWRAPPED_METHODS and isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "copy")


def _renamed(func: ast.expr, name: str) -> ast.expr:
    if isinstance(func, ast.Attribute):
        return ast.Attribute(func.value, name, func.ctx)
    return ast.Name(name, ast.Load())


def _other_subscripts(node: ast.Call, name: str) -> Variants:
    """einsum with two neighbouring axes of the result swapped."""
    first = node.args[0] if node.args else None
    if name != "einsum" or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return
    inputs, arrow, result = first.value.rpartition("->")
    for place in range(len(result) - 1 if arrow else 0):
        pair = result[place : place + 2]
        if pair.isalpha():
            text = f"{inputs}->{result[:place]}{pair[::-1]}{result[place + 2 :]}"
            yield ast.Call(node.func, [ast.Constant(text), *node.args[1:]], node.keywords)


EXPRESSIONS: dict[type[ast.AST], Callable[[Any], Variants]] = {
    ast.Constant: constants,
    ast.BinOp: arithmetic,
    ast.UnaryOp: signs,
    ast.Compare: comparisons,
    ast.BoolOp: logic,
    ast.IfExp: choices,
    ast.Tuple: swapped_elements,
    ast.List: swapped_elements,
    ast.Slice: slices,
    ast.Call: calls,
    ast.Attribute: names,
}
STATEMENTS: dict[type[ast.AST], Callable[[Any], Variants]] = {
    ast.AugAssign: updates,
    ast.Break: jumps,
    ast.Continue: jumps,
}
