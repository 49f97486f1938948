import shutil
from pathlib import Path

import pytest

from exercises import validate
from exercises.proof.proof import prove
from tests.exercises.support import FIXTURES, edit


def problems(root: Path) -> str:
    return "\n".join(prove("affine", 2, root, mutate=False).problems)


def test_a_good_exercise_has_no_problems():
    result = prove("affine", 3, FIXTURES)
    assert result.problems == []
    assert (result.cases, result.points, result.solutions) == (5, 8, 1)
    assert (result.answers, result.mistakes) == (2, 2)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("solution.py", "factor * x + offset", "factor * x", "solution.py: fails 'three numbers'"),
        ("solution.py", "import numpy as np", "import nothing_like_it", "solution.py: ModuleNotFoundError"),
        ("mistakes/counts_calls.py", "+= 1", "+= x.size", "counts_calls.py: accepted by every case"),
        ("mistakes/counts_calls.py", "x + offset", "x", "forgets_offset.py: rejected, but not diagnosed"),
        ("starter.py", "def affine", "def afine", "starter.py: does not define affine"),
        ("starter.py", '"""Give factor * x + offset."""', "", "starter.py: affine has no docstring"),
        ("checks.py", ", visible=True", "", "needs at least one visible case"),
        (
            "checks.py",
            '"the sum is right"',
            '"the sum is right", visible=True',
            "visible cases must come first",
        ),
        (
            "baselines/library.py",
            "y += offset",
            "y -= offset",
            "library.py: fails the timed call: wrong values",
        ),
        ("speed.py", '@timed("affine"', '@timed("line"', "speed.py: times line, which is no entry point"),
    ],
)
def test_what_is_not_proved_is_named(root, file, old, new, complaint):
    edit(root, file, old, new)
    assert complaint in problems(root)


def test_a_starter_that_passes_is_no_starter(root):
    shutil.copy(root / "affine" / "solution.py", root / "affine" / "starter.py")
    assert "starter.py: accepted by every case" in problems(root)


def test_the_command_prints_a_table_and_refuses_unknown_names(capsys):
    assert validate.main(["affine", "--seeds", "1"], FIXTURES) == 0
    assert "affine" in capsys.readouterr().out
    with pytest.raises(SystemExit) as caught:
        validate.main(["no-such-exercise"])
    assert caught.value.code == 2


def test_answers_in_other_styles_are_proved_too(root):
    edit(root, "answers/in_place.py", "y += offset", "y -= offset")
    assert "answers/in_place.py: fails 'three numbers'" in problems(root)
    (root / "affine" / "answers" / "in_place.py").unlink()
    assert "answers/: needs at least 2 right answers in other styles" in problems(root)


def test_a_timed_case_without_tiers_says_how_to_get_them(root):
    path = root / "affine" / "exercise.toml"
    path.write_text(path.read_text().partition("[speed]")[0])
    assert "speed: missing; python -m grader.calibrate --write adds it" in problems(root)
