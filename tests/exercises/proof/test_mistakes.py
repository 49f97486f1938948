import pytest

from exercises import catalogue
from exercises.proof import mistakes
from exercises.proof.mistakes import mistake_problems
from exercises.proof.seeds import FIRST, Seeds


def problems(root, body: str, seeds: int = 20) -> list[str]:
    """What is said of one more mistake, whose `affine` ends like this."""
    source = (root / "affine" / "solution.py").read_text()
    path = root / "affine" / "mistakes" / "is_new.py"
    path.write_text('"""You did it."""\n' + source.replace("return factor * x + offset", body))
    return mistake_problems(catalogue.load("affine", root), Seeds(seeds))


def test_a_mistake_with_an_output_of_its_own_is_named_with_every_seed(root):
    assert problems(root, "return factor * x - offset") == []
    assert problems(root, "return factor * x + 2 * offset if len(x) == 6 else factor * x + offset") == []


def test_a_mistake_that_some_seeds_do_not_show_is_a_problem(root):
    body = "return factor * x + 2 * offset * (x[0] > 0 and len(x) == 6) + offset"
    assert problems(root, body, 1) == []
    found = problems(root, body)
    assert found
    assert all(problem.startswith("mistakes/is_new.py: accepted by every case (seed 2") for problem in found)


def test_two_mistakes_that_are_the_same_are_not_told_apart(root):
    other = (root / "affine" / "mistakes" / "forgets_offset.py").read_text()
    (root / "affine" / "mistakes" / "again.py").write_text(other)
    found = mistake_problems(catalogue.load("affine", root), Seeds(2))
    assert found == [
        "mistakes/again.py: rejected, but not diagnosed (seed 20000)",
        "mistakes/forgets_offset.py: rejected, but not diagnosed (seed 20000)",
    ]


def test_a_check_that_breaks_on_a_mistake_is_named(root):
    (found, *_) = problems(root, "return None if offset == 0.0 else factor * x + 2 * offset", 1)
    assert found.startswith("checks.py: 'the sum is right' breaks on mistakes/is_new.py: AttributeError")


def test_a_mistake_that_does_not_run_is_named(root):
    (found,) = problems(root, "return 1\n\n\nimport nothing_like_it", 1)
    assert found.startswith("mistakes/is_new.py: ModuleNotFoundError")


def test_a_slow_mistake_goes_through_no_more_cases_than_it_must(root, monkeypatch):
    monkeypatch.setattr(mistakes, "PATIENCE", -1.0)
    assert problems(root, "return None if offset == 0.0 else factor * x + 2 * offset", 1) == []


@pytest.mark.parametrize(("seconds", "given"), [(1000.0, 9), (-1.0, 3)])
def test_seeds_are_fewer_where_time_is_short(seconds, given):
    seeds = Seeds(9, seconds, least=3)
    assert list(seeds.each()) == list(range(FIRST, FIRST + given))
    assert seeds.fewest == given
