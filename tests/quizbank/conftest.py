"""Rows that the tests of pages and API share."""

import importlib
import importlib.util
from typing import Any

import pytest

from tests.conftest import require_or_skip
from tests.quizbank.samples import KIND_FIELDS, content, stored, variant


@pytest.fixture
def questions(db):
    """A published question of every kind, by kind, and a variant."""
    rows = {
        kind: stored(content(kind, topic="other" if kind == "open" else "basics")) for kind in KIND_FIELDS
    }
    return rows | {"variant": stored(variant())}


@pytest.fixture
def draft(db):
    return stored(content("shape", slug="secret-draft", title="Secret draft", status="draft"))


@pytest.fixture
def torch() -> Any:
    """PyTorch, for tests that work a question's answer out a second time."""
    require_or_skip(importlib.util.find_spec("torch") is not None, "PyTorch")
    return importlib.import_module("torch")
