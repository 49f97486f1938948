"""Questions on fundamentals, convolution, pooling, regularization and gradients: code and answers hold."""

import pytest

from quizbank.content import Content
from tests.quizbank import bank_code

TOPICS = ("fundamentals", "convolution", "pooling", "regularization", "gradients-and-backprop")


@pytest.mark.parametrize("question", bank_code.with_code(*TOPICS))
def test_code_prints_what_the_question_says(question: Content) -> None:
    bank_code.assert_code_runs(question)
