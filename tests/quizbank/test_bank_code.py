"""The runner of the bank's code blocks itself: it must notice what is wrong."""

import pytest

from tests.quizbank.bank_code import Block, blocks, run_blocks

SUM = "```python\nprint(1 + 1)\n```\n\n```text\n{}\n```\n"


def test_blocks_are_found_with_language_and_adjacency() -> None:
    found = blocks("Text.\n\n```python\nx = 1\n```\n\n```text\n1\n```\nWords.\n```text\n2\n```\n")
    assert [(block.language, block.source, block.adjoins) for block in found] == [
        ("python", "x = 1", False),
        ("text", "1", True),
        ("text", "2", False),
    ]


def test_a_longer_fence_holds_a_shorter_one() -> None:
    assert blocks("````markdown\n```python\n1/0\n```\n````\n") == [
        Block("markdown", "```python\n1/0\n```", False)
    ]


def test_right_output_passes() -> None:
    run_blocks("sum", blocks(SUM.format(2)))


def test_wrong_output_fails_and_shows_what_was_printed() -> None:
    with pytest.raises(AssertionError, match="prints\n2"):
        run_blocks("sum", blocks(SUM.format(3)))


def test_a_block_that_raises_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        run_blocks("division", blocks("```python\n1 / 0\n```\n"))


def test_blocks_share_their_names() -> None:
    run_blocks("shared", blocks("```python\nx = 4\n```\nThen\n```python\nprint(x)\n```\n```output\n4\n```\n"))


def test_text_that_does_not_adjoin_is_no_output() -> None:
    run_blocks("apart", blocks("```python\nprint(1)\n```\nA sketch:\n```text\n+--+\n```\n"))
