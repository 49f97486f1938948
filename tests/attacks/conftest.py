from collections.abc import Iterator

import pytest

from grader.engine import Engine
from tests.grader.engine.support import running


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One runner for all attacks: each must leave it fit for the next."""
    with running() as engine:
        yield engine
