"""The canaries themselves: what they take for a leak, and what not."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.engine.sandbox import canaries


@pytest.fixture
def look_around(tmp_path: Path) -> Any:
    """`look_around` for an interpreter in tmp_path/ada/stride/.venv, as on most laptops."""
    (tmp_path / "ada" / "stride" / ".venv" / "lib").mkdir(parents=True)
    names: dict[str, Any] = {}
    exec(compile(canaries.SOURCE, "canaries", "exec"), names)
    names["SHOWN"] = {str(tmp_path / "ada" / "stride" / ".venv")}
    return names["look_around"]


def test_the_way_to_the_interpreter_is_no_leak(look_around, tmp_path):
    with pytest.raises(OSError, match="nothing to be seen"):
        look_around(str(tmp_path))


@pytest.mark.parametrize("leak", ["bob", "ada/.ssh", "ada/stride/config"])
def test_whatever_lies_beside_the_way_is_a_leak(look_around, tmp_path, leak):
    (tmp_path / leak).mkdir()
    assert look_around(str(tmp_path)) == os.path.join(tmp_path, leak)


def test_a_folder_that_is_missing_is_no_leak(look_around, tmp_path):
    with pytest.raises(FileNotFoundError):
        look_around(str(tmp_path / "missing"))
