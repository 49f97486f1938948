import ast
import random

import pytest

from exercises import catalogue
from exercises.proof.mutants import key, mutants, names

SOURCE = '''"""Not 1."""

from collections.abc import Callable

Pair = tuple[int, int]
LIMIT = 3


class Layer:
    """Not 2 either."""

    def __init__(self, size: int = 4, *, e: float = 1e-5) -> None:
        self.size = size

    def forward(self, x: Callable[[int, int], int]) -> int:
        """Nor 3."""
        x = x + LIMIT
        return x + LIMIT


def twice(x):
    y = 2 * x
    if x:
        y = 2 * x
    return y
'''


def test_a_name_has_the_function_and_the_line_before_and_after():
    assert names(SOURCE)[:4] == [
        "module: LIMIT = 3 -> LIMIT = 4",
        "module: LIMIT = 3 -> LIMIT = 2",
        "Layer.__init__: def __init__(self, size=4, *, e=1e-05) -> def __init__(self, size=5, *, e=1e-05)",
        "Layer.__init__: def __init__(self, size=4, *, e=1e-05) -> def __init__(self, size=3, *, e=1e-05)",
    ]


def test_texts_types_and_imports_are_left_alone():
    for mutant in mutants("solution.py", SOURCE):
        tree = ast.parse(mutant.source)
        assert ast.get_docstring(tree) == "Not 1."
        assert "Pair = tuple[int, int]" in mutant.source
        assert "Callable[[int, int], int]" in mutant.source


def test_the_same_change_of_equal_lines_has_a_number():
    found = [name for name in names(SOURCE) if name.startswith("twice: y = 2 * x -> y = 3 * x")]
    assert found == ["twice: y = 2 * x -> y = 3 * x", "twice: y = 2 * x -> y = 3 * x #2"]


def test_every_mutant_differs_in_one_place_and_names_its_line():
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for mutant in mutants("solution.py", SOURCE):
        changed = mutant.source.splitlines()
        assert len(changed) == len(original)
        assert sum(one != other for one, other in zip(original, changed, strict=True)) == 1
        assert mutant.file == "solution.py"
    lines = SOURCE.splitlines()
    assert {lines[mutant.line - 1].strip() for mutant in mutants("s", SOURCE) if "LIMIT" in mutant.name} == {
        "LIMIT = 3",
        "x = x + LIMIT",
        "return x + LIMIT",
    }


def test_names_are_unique_and_do_not_move_with_the_lines():
    moved = SOURCE.replace("def twice", "# a comment\n\n\ndef other(z):\n    return z - 1\n\n\ndef twice")
    assert len(set(names(SOURCE))) == len(names(SOURCE))
    assert set(names(SOURCE)) < set(names(moved))


def test_an_assignment_that_makes_a_name_is_not_dropped():
    dropped = [name for name in names(SOURCE) if "(dropped)" in name]
    assert dropped == [
        "Layer.__init__: self.size = size -> (dropped)",
        "Layer.forward: x = x + LIMIT -> (dropped)",
        "twice: y = 2 * x -> (dropped)",
    ]


def test_the_choice_is_even_always_the_same_and_hardly_moves():
    source = "def f(x):\n" + "".join(f"    x = x * {n} + {n % 7}\n" for n in range(2, 60)) + "    return x\n"
    every = [mutant.name for mutant in mutants("s", source, most=10_000)]
    chosen = [mutant.name for mutant in mutants("s", source, most=100)]
    assert len(every) > 300
    assert chosen == [mutant.name for mutant in mutants("s", source, most=100)]
    assert [name for name in every if name in chosen] == chosen
    assert 25 < sum(name in every[: len(every) // 2] for name in chosen) < 75
    longer = source.replace("    return x\n", "    x = x - 1000\n    return x\n")
    again = {mutant.name for mutant in mutants("s", longer, most=100)}
    assert len(again & set(chosen)) > 90


def test_names_are_compared_without_brackets_quotes_and_spaces():
    assert key("f: return (a, 'b') -> return ('b', a)") == key('f: return a, "b" -> return "b", a')
    assert key("f: y = a -> y = b") != key("f: y = a -> y = c")


@pytest.mark.parametrize("slug", random.Random(5).sample(catalogue.slugs(), 6))
def test_mutants_of_the_catalogue_parse(slug):
    for solution in catalogue.load(slug).solutions:
        found = mutants(solution.file, solution.source)
        assert len({key(mutant.name) for mutant in found}) == len(found)
        for mutant in found:
            ast.parse(mutant.source)
