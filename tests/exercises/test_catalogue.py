import dataclasses
import re
from pathlib import Path

import pytest

from exercises import catalogue, expect
from exercises.catalogue import ExerciseError, UnknownExercise
from exercises.metadata import REQUIRED, ExerciseLimits
from exercises.tiers import TIERS
from tests.exercises.support import edit


def test_an_exercise_is_read_whole(root):
    exercise = catalogue.load("affine", root)
    assert exercise.entry_points == ("affine", "Counter")
    assert (exercise.limits.seconds, exercise.limits.memory_mb, exercise.limits.threads) == (3.0, 256, 1)
    assert [case.visible for case in exercise.cases] == [True, False, False, False, False]
    assert exercise.points == 8
    assert [(mistake.name, mistake.diagnosis) for mistake in exercise.mistakes] == [
        ("counts_calls", "Your counter counts calls, not entries."),
        ("forgets_offset", "You forgot the offset."),
    ]
    assert exercise.solutions[0].framework == "numpy"
    assert [answer.framework for answer in exercise.answers] == ["numpy", "numpy"]
    assert exercise.speed.as_dict() == {"bronze": 6.0, "silver": 1.2, "gold": 0.4}
    assert exercise.speed.calibration["loops"].as_list() == [30.0, 32.0, 34.0]
    assert list(exercise.baselines) == ["loops", "vectorised", "library"]
    assert exercise.timed.function == "affine"
    assert "OFFSET" in exercise.provided["given"]
    assert exercise.parameters("affine") == ("x", "factor", "offset")


def test_the_version_follows_every_file(root):
    versions = {catalogue.load("affine", root).version}
    files = ("exercise.toml", "checks.py", "mistakes/counts_calls.py", "statement.md", "baselines/loops.py")
    for name in (*files, "speed.py"):
        path = root / "affine" / name
        path.write_text(path.read_text() + "\n")
        versions.add(catalogue.load("affine", root).version)
    assert len(versions) == 7


def test_what_plays_no_part_in_judging_leaves_the_version_alone(root):
    before = catalogue.load("affine", root)
    path = root / "affine" / "answers" / "in_place.py"
    path.write_text(path.read_text() + "\n")
    (root / "affine" / "survivors.toml").write_text("# none\n")
    (root / "affine" / "answers" / "third.py").write_text('"""Third style."""\n')
    after = catalogue.load("affine", root)
    assert after.version == before.version
    assert [answer.file for answer in after.answers] == [
        "answers/entry_loop.py",
        "answers/in_place.py",
        "answers/third.py",
    ]


def test_an_answer_in_another_style_names_it_in_one_line(root):
    path = root / "affine" / "answers" / "in_place.py"
    path.write_text("x = 1\n")
    with pytest.raises(ExerciseError, match=r"in_place\.py: needs a docstring, which names its style"):
        catalogue.load("affine", root)
    path.write_text('"""One line.\n\nAnd another."""\n')
    with pytest.raises(ExerciseError, match="the docstring must be one line that names the style"):
        catalogue.load("affine", root)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "Scale and shift"', "title = 3", "title: expected one line"),
        ('title = "Scale and shift"', "", "title: missing"),
        (
            'level = "junior"',
            'level = "expert"',
            "level: expected one of junior, mid, senior, found 'expert'",
        ),
        ('devices = ["cpu"]', 'devices = ["cuda"]', "profile: expected cuda"),
        ('devices = ["cpu"]', 'devices = ["cpu", "cuda"]', "frameworks: expected torch among them"),
        ('devices = ["cpu"]', 'devices = ["cpu", "tpu"]', "devices: expected a list of cpu, cuda"),
        ('profile = "numpy"', 'profile = "cuda"', "profile: expected torch, since devices has cpu"),
        (
            "memory_mb = 256",
            "memory_mb = 256\ndevice_memory_mb = 1",
            "limits.device_memory_mb: expected an integer",
        ),
        ("minutes = 5", "minutes = 5.5", "minutes: expected an integer"),
        ("minutes = 5", "minutes = true", "minutes: expected an integer"),
        ("minutes = 5", "minuets = 5", "minuets: unknown field"),
        ("seconds = 3", "seconds = 500", "limits.seconds: expected a number from 1 to 120, found 500"),
        ("memory_mb = 256", "memory_mb = 256\ndisk = 3", "limits.disk: unknown field"),
        ('frameworks = ["numpy"]', 'frameworks = ["jax"]', "frameworks: expected a list of numpy, torch"),
        ('frameworks = ["numpy"]', 'frameworks = ["torch"]', "profile: expected torch or cuda"),
        ('"affine", "Counter"', '"affine", "class"', "entry_points: expected names"),
        ('"Broadcasting does it.", ', "", "hints: expected a list of 2 to 4"),
        ("silver = 1.2", "silver = 0.3", "speed.silver: expected a ratio above gold and below bronze"),
        ("gold = 0.4", "gold = 0", "speed.gold: expected a number from 0.001 to 100000, found 0"),
        ("gold = 0.4", "gold = 0.4\nplatinum = 0.1", "speed.platinum: unknown field"),
        (
            "loops = [30.0, 32.0, 34.0]",
            "loops = [32.0, 30.0, 34.0]",
            "speed.calibration.loops: expected three",
        ),
        ("loops = [30.0, 32.0, 34.0]", "", "speed.calibration.loops: expected three growing positive ratios"),
        ("minutes = 5", "minutes = ", "Invalid value"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(root, old, new, complaint):
    edit(root, "exercise.toml", old, new)
    with pytest.raises(ExerciseError) as caught:
        catalogue.load("affine", root)
    assert complaint in str(caught.value)
    assert "exercise.toml" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["statement.md", "starter.py", "solution.py", "editorial.md", "speed.py", "baselines/library.py"],
)
def test_a_missing_file_is_named(root, name):
    (root / "affine" / name).unlink()
    with pytest.raises(ExerciseError, match=f"{re.escape(name)}: missing or empty"):
        catalogue.load("affine", root)


def test_a_mistake_needs_a_docstring_and_syntax(root):
    path = root / "affine" / "mistakes" / "counts_calls.py"
    path.write_text("x = 1\n")
    with pytest.raises(ExerciseError, match=r"counts_calls\.py: needs a docstring"):
        catalogue.load("affine", root)
    path.write_text("def (:\n")
    with pytest.raises(ExerciseError, match=r"counts_calls\.py:1: "):
        catalogue.load("affine", root)


def test_a_binary_file_is_named(root):
    (root / "affine" / "statement.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ExerciseError, match=r"statement\.md: not UTF-8"):
        catalogue.load("affine", root)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('@case("a matrix is refused")', '@case("three numbers")', "two cases are called 'three numbers'"),
        ("points=3", "points=0", "must be an integer from 1 to 100"),
        ("import numpy as np", "import nump as np", "ModuleNotFoundError"),
    ],
)
def test_wrong_checks_are_named(root, old, new, complaint):
    edit(root, "checks.py", old, new)
    with pytest.raises(ExerciseError, match=r"checks\.py") as caught:
        _ = catalogue.load("affine", root).cases
    assert complaint in str(caught.value)


def test_an_exercise_for_gpus_only_has_no_speed_tiers(root):
    edit(root, "exercise.toml", 'frameworks = ["numpy"]', 'frameworks = ["torch"]')
    edit(root, "exercise.toml", 'devices = ["cpu"]', 'devices = ["cuda"]')
    edit(root, "exercise.toml", 'profile = "numpy"', 'profile = "cuda"')
    with pytest.raises(ExerciseError, match="profile: expected numpy or torch, since speed is measured"):
        catalogue.load("affine", root)


def test_a_baseline_of_another_name_is_named(root):
    (root / "affine" / "baselines" / "quick.py").write_text("x = 1\n")
    with pytest.raises(
        ExerciseError, match=r"quick\.py: unknown baseline; there are loops, vectorised, library"
    ):
        catalogue.load("affine", root)


def test_a_speed_file_needs_one_timed_case(root):
    edit(root, "speed.py", "@timed(", "@(lambda function, title: lambda draw: draw)(")
    with pytest.raises(ExerciseError, match=r"speed\.py: expected one function with @timed, found 0"):
        _ = catalogue.load("affine", root).timed


@pytest.mark.parametrize("slug", ["nothing", "../affine", "affine/", "", "Affine", "a" * 500, "affine\n"])
def test_an_unknown_slug_is_no_path(root, slug):
    with pytest.raises(UnknownExercise):
        catalogue.load(slug, root)


def test_every_field_and_expectation_is_documented():
    page = (Path(__file__).resolve().parents[2] / "docs" / "exercises.md").read_text()
    limits = [f"limits.{field.name}" for field in dataclasses.fields(ExerciseLimits)]
    for field in (*REQUIRED, *limits, *(f"speed.{name}" for name in (*TIERS, "calibration"))):
        assert field == "limits" or f"`{field}`" in page, field
    public = [
        name for name, value in vars(expect).items() if getattr(value, "__module__", "") == expect.__name__
    ]
    for name in public:
        assert name.startswith("_") or f"expect.{name}(" in page, name


def test_the_walkthrough_quotes_the_exercise_that_it_is_about():
    page = (Path(__file__).resolve().parents[2] / "docs" / "exercises.md").read_text()
    quotes = re.findall(r"```\w+\n# ([\w/]+\.\w+)\n(.*?)```", page, re.DOTALL)
    assert len(quotes) >= 5
    for name, text in quotes:
        assert text in (catalogue.CATALOGUE / "avg-pool2d" / name).read_text(), name


def test_every_field_of_a_survivor_and_every_command_is_documented():
    page = (Path(__file__).resolve().parents[2] / "docs" / "exercises.md").read_text()
    for name in ("file", "mutant", "why", "changes_behaviour"):
        assert f"| `{name}` |" in page
    for command in ("new SLUG", "check SLUG [--seeds N]", "list"):
        assert f"./dev exercise {command}" in page
