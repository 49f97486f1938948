"""Faults on PostgreSQL and Redis."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import require_or_skip
from tests.faults.contract import FaultContract
from tests.grader import stack as stacks
from tests.grader.services import services_missing
from tests.grader.stack import Stack


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.services
class TestServices(FaultContract):
    @staticmethod
    def open_stack(root: Path, **settings: str) -> AbstractContextManager[Stack]:
        missing = services_missing()
        require_or_skip(not missing, missing)
        return stacks.services(root, **settings)
