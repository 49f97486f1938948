"""`python -m grader.cli`, as `./dev grade` runs it: real processes, a real sandbox."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exercises import catalogue
from grader import cli
from grader.engine.types import SOURCE_MAX_BYTES
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sandbox
FOLDER = catalogue.CATALOGUE / "conv2d-batch"


def grade(*arguments: str, source: bytes = b"") -> subprocess.CompletedProcess:
    require_or_skip(sandbox_works(), "a kernel that lets the sandbox work")
    command = [sys.executable, "-m", "grader.cli", *arguments]
    return subprocess.run(command, cwd=PROJECT, input=source, capture_output=True, timeout=120, check=False)


def test_json_has_the_promised_keys():
    done = grade("conv2d-batch", str(FOLDER / "solution.py"), "--json", "--seed", "7")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    promised = {"exercise", "verdict", "score", "seed", "seconds", "sandbox", "cases"}
    assert promised <= set(report)
    assert (report["verdict"], report["score"], report["seed"]) == ("accepted", 1.0, 7)
    case_keys = {"name", "visible", "verdict", "points", "message", "diagnosis", "seconds"}
    assert all(case_keys <= set(case) for case in report["cases"])


def test_a_wrong_file_is_explained_in_words():
    done = grade("conv2d-batch", str(FOLDER / "mistakes" / "flips_kernels.py"))
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "wrong answer" in text
    assert "You turned the kernels" in text
    assert "replay with --seed" in text
    assert "\033[" not in text


def test_cases_after_a_fault_are_one_line_and_the_runner_is_silent():
    source = "def conv2d(*args, **kwargs):\n    print('x' * 10_000_000)\n"
    done = grade("conv2d-batch", "-", source=source.encode())
    text = done.stdout.decode()
    assert text.count("FAIL") == 1
    skipped = len(catalogue.load("conv2d-batch").cases_for(source)) - 1
    assert f"{skipped} cases were not run" in text
    assert b"INFO" not in done.stderr


def test_a_file_that_is_no_python_has_a_verdict():
    done = grade("conv2d-batch", "-", "--json", source=b"\x89PNG\0\0")
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "invalid_submission"


def test_a_file_that_is_too_large_has_a_verdict():
    done = grade("conv2d-batch", "-", "--json", source=b"#" * (SOURCE_MAX_BYTES + 10))
    assert json.loads(done.stdout)["verdict"] == "invalid_submission"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["conv2d-bach", "x.py"], "Did you mean conv2d-batch"),
        (["nothing", "x.py"], "There are: "),
        (["conv2d-batch", "no-such-file.py"], "cannot read no-such-file.py"),
        (["conv2d-batch", "."], "cannot read ."),
        (["conv2d-batch", "x.py", "--seed", "many"], "invalid int value"),
        (["conv2d-batch", "-", "--seed", "-1"], "--seed must be from 0"),
        ([], "required"),
    ],
)
def test_bad_usage_is_told_in_one_line(arguments, words):
    done = grade(*arguments)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_no_runner_is_status_3(monkeypatch, tmp_path):
    monkeypatch.setenv("STRIDE_RUNNER_SOCKET", str(tmp_path / "none"))
    done = grade("conv2d-batch", str(FOLDER / "solution.py"), "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["verdict"] == "internal_error"
    assert b"Traceback" not in done.stderr


def test_an_exercise_that_needs_torch_says_so_where_it_is_missing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    answer = tmp_path / "answer.py"
    answer.write_text("x = 1")
    assert cli.main(["bn-eval-mode-bug", str(answer)]) == 2
    assert "needs PyTorch, which is not installed (started with --no-torch)" in capsys.readouterr().err
