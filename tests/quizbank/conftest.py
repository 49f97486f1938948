"""Rows that the tests of pages and API share."""

import pytest

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
