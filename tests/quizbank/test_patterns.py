"""Regular expressions of instructors: harmless ones are taken, traps are not."""

import pytest

from quizbank.kinds.patterns import MAX_ANSWER, PatternError, compiled
from tests.clocks import little_work


@pytest.mark.parametrize(
    "source",
    [
        "weights?",
        "(weight|parameter)s? sharing",
        ".*sharing.*",
        "[a-z ]+ pooling",
        r"\d{1,3}",
        "(?:1|one) ?x ?(?:1|one)",
    ],
)
def test_plain_patterns_are_taken(source):
    assert compiled(source).flags


@pytest.mark.parametrize(
    "source",
    [
        "(a+)+",
        "(a*)*b",
        "(a|a)*b",
        "(.*a){12}",
        ".*.*.*.*.*x",
        "(a?){30}a{30}",
        r"(\w+\s?)*$",
        "(?=a)b",
        "(?<!a)b",
        r"(a)\1",
        "(",
        "a{5000}{5000}",
        "x" * 201,
    ],
)
def test_traps_and_broken_patterns_are_refused(source):
    with pytest.raises(PatternError):
        compiled(source)


@pytest.mark.parametrize(
    "source", [".*a.*b", "[a-z ]+ [a-z ]+x", "(a|ab)(c|bcd)(d*)", "a?a?a?a?a?a?a?a?aaaaaaaa"]
)
def test_what_is_taken_is_quick_on_the_worst_answer(source):
    for answer in ("a" * MAX_ANSWER, "a b" * (MAX_ANSWER // 3), "ab" * (MAX_ANSWER // 2)):
        with little_work(0.2):
            compiled(source).fullmatch(answer)
