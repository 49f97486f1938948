"""Parsing in several threads at once."""

import ast
from concurrent.futures import ThreadPoolExecutor

from exercises import syntax

DEEP = "x = " + "(" * 60 + "1" + " + 1)" * 60


def test_many_threads_parse_at_once() -> None:
    with ThreadPoolExecutor(16) as pool:
        trees = list(pool.map(lambda _: syntax.parse(DEEP + "\n" + "y = [1, (2, 3)]\n" * 200), range(200)))
    assert {ast.dump(tree) for tree in trees} == {ast.dump(trees[0])}


def test_an_expression_is_parsed_as_one() -> None:
    assert isinstance(syntax.parse("1 + 1", "eval").body, ast.BinOp)
