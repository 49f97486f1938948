import shutil
from pathlib import Path

import pytest

from tests.exercises.support import FIXTURES


@pytest.fixture
def root(tmp_path) -> Path:
    """A catalogue with a copy of the small exercise, to be edited."""
    shutil.copytree(FIXTURES / "affine", tmp_path / "affine")
    return tmp_path
