from collections.abc import Iterator

import pytest

from grader.engine import Engine
from tests.grader.engine.support import running


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A runner with the numpy profile."""
    with running() as engine:
        yield engine


@pytest.fixture(scope="session")
def torch_engine() -> Iterator[Engine]:
    """A runner with the torch profile."""
    pytest.importorskip("torch")
    with running(("torch",), wait_seconds=60) as engine:
        yield engine
