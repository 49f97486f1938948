"""Faults on SQLite and the file-system broker."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.faults.contract import FaultContract
from tests.grader import stack as stacks
from tests.grader.stack import Stack


@pytest.mark.slow
@pytest.mark.sandbox
class TestEmbedded(FaultContract):
    @staticmethod
    def open_stack(root: Path, **settings: str) -> AbstractContextManager[Stack]:
        return stacks.embedded(root, **settings)
