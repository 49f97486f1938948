"""The engine and the judge need NumPy and PyTorch and no other package: a GPU machine has no more."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.engine import packages
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works

pytestmark = pytest.mark.sandbox

ABSENT = ("django", "celery", "yaml", "markdown_it", "structlog", "requests", "pytest", "scipy")


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """An interpreter whose site-packages hold NumPy, PyTorch and what those two require."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = (folder / "lib").glob("*/site-packages")
    shown = packages.tree("torch" if importlib.util.find_spec("torch") else "numpy").packages
    for path in map(Path, shown):
        (site / path.name).symlink_to(path)
    return folder / "bin" / "python"


def run(python: Path, *command: str) -> subprocess.CompletedProcess[str]:
    words = [
        python,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(PROJECT)!r})\n{command[0]}",
        *command[1:],
    ]
    return subprocess.run(words, cwd="/", env={}, text=True, capture_output=True, timeout=180)


def test_the_interpreter_is_bare(python):
    code = "import importlib.util\nprint([name for name in sys.argv[1:] if importlib.util.find_spec(name)])"
    assert run(python, code, *ABSENT).stdout.strip() == "[]"


def graded(python: Path, slug: str) -> dict:
    require_or_skip(sandbox_works(), "a kernel that lets the sandbox work")
    answer = PROJECT / "exercises" / "catalogue" / slug / "solution.py"
    code = "from grader.cli import main\nsys.exit(main(sys.argv[1:]))"
    done = run(python, code, slug, str(answer), "--json", "--seed", "7")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_numpy_exercise_is_graded(python):
    report = graded(python, "conv2d-batch")
    assert (report["verdict"], report["score"], report["device"]) == ("accepted", 1.0, "cpu")


@pytest.mark.torch
def test_a_torch_exercise_is_graded(python):
    pytest.importorskip("torch")
    assert graded(python, "bn-eval-mode-bug")["verdict"] == "accepted"


def test_the_doctor_and_the_validator_run(python):
    code = "from grader.engine import doctor\nsys.exit(doctor.main([]))"
    done = run(python, code)
    assert "sandbox tier" in done.stdout, done.stderr
    done = run(
        python, "from exercises.validate import main\nsys.exit(main(['output-shape', '--seeds', '1']))"
    )
    assert done.returncode == 0, done.stdout + done.stderr
