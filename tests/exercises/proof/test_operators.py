"""Every operator: what one line becomes."""

import pytest

from exercises.proof.mutants import mutants


def variants(line: str, *, arguments: str = "a, b, c, x, y") -> set[str]:
    """What the only line of a function becomes."""
    found = mutants("solution.py", f"def f({arguments}):\n    {line}\n    return 'end'\n")
    return {mutant.after for mutant in found if mutant.before == line}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = 3", {"(dropped)", "y = 4", "y = 2"}),
        ("y = 0", {"(dropped)", "y = 1", "y = -1"}),
        ("y = 0.0", {"(dropped)", "y = 1.0"}),
        ("y = 1e-05", {"(dropped)", "y = 0.0", "y = 0.01"}),
        ("y = 2.5", {"(dropped)", "y = 0.0", "y = 5.0"}),
        ("y = True", {"(dropped)", "y = False"}),
        ("y = a + b", {"(dropped)", "y = a - b", "y = a", "y = b"}),
        ("y = a - b", {"(dropped)", "y = a + b", "y = a", "y = -b"}),
        (
            "y = a + b + c",
            {"(dropped)", "y = a + b - c", "y = a + b", "y = a - b + c", "y = a + c", "y = b + c"},
        ),
        ("y = a * b", {"(dropped)", "y = a / b"}),
        ("y = a / b", {"(dropped)", "y = a * b"}),
        ("y = a // b", {"(dropped)", "y = a / b", "y = a * b"}),
        ("y = a % b", {"(dropped)", "y = a // b"}),
        ("y = a ** b", {"(dropped)", "y = a * b"}),
        ("y = a @ b", {"(dropped)", "y = a * b"}),
        ("y = -a", {"(dropped)", "y = a"}),
        ("y = not a", {"(dropped)", "y = a"}),
        ("y = a < b", {"(dropped)", "y = a <= b"}),
        ("y = a >= b", {"(dropped)", "y = a > b"}),
        ("y = a == b", {"(dropped)", "y = a != b"}),
        ("y = a is None", {"(dropped)", "y = a is not None"}),
        ("y = a in b", {"(dropped)", "y = a not in b"}),
        ("y = a < b <= c", {"(dropped)", "y = a <= b <= c", "y = a < b < c"}),
        ("y = a and b", {"(dropped)", "y = a or b", "y = a", "y = b"}),
        ("y = a or b or c", {"(dropped)", "y = a and b and c", "y = b or c", "y = a or c", "y = a or b"}),
        ("y = x[a:b]", {"(dropped)", "y = x[a + 1:b]", "y = x[a:b - 1]"}),
        ("y = x[::a]", {"(dropped)", "y = x[:]"}),
        ("y = x[:1]", {"(dropped)", "y = x[:2]", "y = x[:0]"}),
        ("y = range(a)", {"(dropped)", "y = range(a + 1)", "y = range(a - 1)"}),
        ("y = x[a, b]", {"(dropped)", "y = x[b, a]"}),
        ("y += a", {"(dropped)", "y -= a", "y = a"}),
        ("y *= a", {"(dropped)", "y /= a", "y = a"}),
        ("del y", {"(dropped)"}),
        ("y = a if b else c", {"(dropped)", "y = a", "y = c", "y = a if not b else c"}),
    ],
)
def test_each_kind_of_expression_has_its_variants(line, expected):
    assert variants(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = x.transpose(a, b)", "y = x.transpose(b, a)"),
        ("y = np.pad(x, a)", "y = np.pad(a, x)"),
        ("y = x.sum(axis=(1, 2))", "y = x.sum()"),
        ("y = x.sum(axis=(1, 2))", "y = x.mean(axis=(1, 2))"),
        ("y = x.sum(axis=(1, 2))", "y = x.sum(axis=(0, 2))"),
        ("y = f(x, p=a, q=b)", "y = f(x, p=b, q=a)"),
        ("y = np.zeros(a, dtype=np.float64)", "y = np.zeros(a, dtype=np.float32)"),
        ("y = max(a, b)", "y = min(a, b)"),
        ("y = np.floor(a)", "y = np.ceil(a)"),
        ("y = np.abs(a)", "y = a"),
        ("y = x.copy()", "y = x"),
        ("y = x.astype(a)", "y = x"),
        ("y = np.einsum('ij,jk->ik', a, b)", "y = np.einsum('ij,jk->ki', a, b)"),
        ("y = np.transpose(x, (0, 2, 1))", "y = np.transpose(x, (2, 0, 1))"),
        ("y = x.transpose(axes=(0, 1))", "y = x.transpose(axes=(1, 0))"),
        ("a, b = x.shape", "b, a = x.shape"),
        ("y = [v for v in x if v]", "y = [v for v in x if not v]"),
    ],
)
def test_calls_and_orders_are_changed(line, expected):
    assert expected in variants(line)


@pytest.mark.parametrize(
    ("line", "unwanted"),
    [
        ("y = x.sum(axis=(1, 2))", "y = x.sum(axis=(2, 1))"),
        ("y = x.sum((1, 2))", "y = x.sum((2, 1))"),
        ("y = np.maximum(a, b)", "y = np.maximum(b, a)"),
        ("y = isinstance(a, (int, float))", "y = isinstance(a, (float, int))"),
        ("y = a in (1, 2)", "y = a in (2, 1)"),
        ("y = x.astype(a, copy=False)", "y = x.astype(a, copy=True)"),
        ("y = zip(a, b, strict=True)", "y = zip(a, b, strict=False)"),
        ("y = x.reshape(a, -1)", "y = x.reshape(a, -2)"),
        ("y = a + 1", "y = a + 0"),
        ("y = np.copy(x)", "y = np"),
    ],
)
def test_what_would_make_no_difference_is_left_alone(line, unwanted):
    assert unwanted not in variants(line)


def test_conditions_are_negated_and_raises_dropped():
    found = mutants(
        "s.py", "def f(a):\n    if a < 1:\n        raise ValueError(f'a is {a - 1}, not 2')\n    return a\n"
    )
    assert {(mutant.before, mutant.after) for mutant in found} == {
        ("if a < 1", "if a <= 1"),
        ("if a < 1", "if not a < 1"),
        ("if a < 1", "if a < 2"),
        ("if a < 1", "if a < 0"),
        ("raise ValueError(f'a is {a - 1}, not 2')", "(dropped)"),
    }


def test_loops_lose_their_way():
    found = mutants("s.py", "def f(x):\n    for v in x:\n        if v:\n            break\n        g(v)\n")
    assert {(mutant.before, mutant.after) for mutant in found} == {
        ("if v", "if not v"),
        ("break", "(dropped)"),
        ("break", "continue"),
        ("g(v)", "(dropped)"),
    }
