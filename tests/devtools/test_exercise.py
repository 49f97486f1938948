"""`./dev exercise`: a skeleton fails until it is filled, and what is filled is proved."""

import re
import shutil
from pathlib import Path

import pytest

from devtools import exercise, new_exercise
from exercises import catalogue
from exercises.proof.proof import prove
from tests.exercises.support import FIXTURES, edit


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """An empty catalogue that the command works on."""
    monkeypatch.setattr(exercise, "ROOT", tmp_path)
    return tmp_path


def fill(folder: Path) -> None:
    """Replace what a skeleton leaves open by the small exercise of the tests, file by file."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    shutil.copytree(FIXTURES / "affine", folder, dirs_exist_ok=True)


def test_a_skeleton_has_every_file_and_names_the_function_after_the_slug(root, capsys):
    assert exercise.main(["new", "max-blur-pool"]) == 0
    made = {
        str(path.relative_to(root / "max-blur-pool")) for path in new_exercise.files(root / "max-blur-pool")
    }
    assert {"exercise.toml", "statement.md", "starter.py", "solution.py", "checks.py", "editorial.md"} < made
    assert {name.partition("/")[0] for name in made if "/" in name} == {"answers", "mistakes"}
    assert "def max_blur_pool(x" in (root / "max-blur-pool" / "solution.py").read_text()
    assert "./dev exercise check max-blur-pool" in capsys.readouterr().out


def test_a_skeleton_fails_and_every_open_line_is_named(root, capsys):
    exercise.main(["new", "blur"])
    capsys.readouterr()
    assert exercise.main(["check", "blur"]) == 1
    out = capsys.readouterr().out
    assert out.endswith("blur: not proved\n")
    assert 'exercise.toml:1: still to do: title = "TODO' in out
    assert re.search(r"and \d+ more", out)
    problems = prove("blur", 1, root).problems
    for path in new_exercise.files(root / "blur"):
        assert "TODO" in path.read_text(), f"{path.name} asks for nothing"
    assert all("still to do" in problem or problem.startswith("and ") for problem in problems)


def test_a_skeleton_that_only_lost_its_todos_still_fails(root):
    exercise.main(["new", "blur"])
    for path in new_exercise.files(root / "blur"):
        path.write_text(path.read_text().replace("TODO", "Done"))
    problems = "\n".join(prove("blur", 1, root).problems)
    assert "solution.py: fails" in problems
    assert "answers/first_style.py: fails" in problems


def test_a_filled_skeleton_is_proved(root, capsys):
    exercise.main(["new", "affine"])
    fill(root / "affine")
    assert exercise.main(["check", "affine", "--seeds", "2"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("affine: proved\n")
    assert re.search(r"mutants rejected +14/14\n", out)


def test_survivors_are_shown_with_entries_to_paste(root, capsys):
    shutil.copytree(FIXTURES / "affine", root / "affine")
    edit(root, "checks.py", "expect.that(candidate.Counter().total == 0", "expect.that(True")
    assert exercise.main(["check", "affine", "--seeds", "1"]) == 1
    out = capsys.readouterr().out
    assert "  solution.py:15 in Counter.__init__\n    - def __init__(self, total=0)\n" in out
    entries = out[out.index("[[survivor]]") : out.rindex("\n\naffine:")]
    assert "checks.py: rejects 12 of 14 mutants" in out
    (root / "affine" / "survivors.toml").write_text(entries.replace("TODO", "Every case gives a total."))
    assert exercise.main(["check", "affine", "--seeds", "1"]) == 0
    assert re.search(r"mutants rejected +12/14 \(\+2\)\n", capsys.readouterr().out)


@pytest.mark.parametrize("slug", ["Blur", "blur_pool", "../blur", "blur-", "", "a" * 81, "blur pool"])
def test_a_malformed_slug_is_refused(root, slug, capsys):
    assert exercise.main(["new", slug]) == 2
    assert "is no slug: use up to 80 small letters, digits and single hyphens" in capsys.readouterr().err
    assert list(root.iterdir()) == []


def test_a_slug_that_exists_is_refused(root, capsys):
    exercise.main(["new", "blur"])
    (root / "blur" / "solution.py").write_text("mine")
    assert exercise.main(["new", "blur"]) == 2
    assert "exists already; prove it with ./dev exercise check blur" in capsys.readouterr().err
    assert (root / "blur" / "solution.py").read_text() == "mine"


def test_an_unknown_exercise_is_one_clear_line(root, capsys):
    exercise.main(["new", "max-pool3d"])
    capsys.readouterr()
    assert exercise.main(["check", "max-pool2d"]) == 2
    assert capsys.readouterr().err == (
        "dev exercise: no exercise is called 'max-pool2d'; did you mean max-pool3d?\n"
    )
    with pytest.raises(SystemExit):
        exercise.main(["check", "max-pool3d", "--seeds", "0"])


@pytest.mark.parametrize(
    ("slug", "name"), [("max-pool2d", "max_pool2d"), ("2d-conv", "answer"), ("lambda", "answer")]
)
def test_the_function_gets_a_name_that_python_takes(slug, name):
    assert new_exercise.function_name(slug) == name


def test_the_list_has_every_exercise(capsys):
    assert exercise.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == catalogue.slugs()
