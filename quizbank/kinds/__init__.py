"""The nine kinds of questions."""

from quizbank.kinds.arrange import Matching, Ordering
from quizbank.kinds.base import Explanation, Kind, Result
from quizbank.kinds.choice import MultipleChoice, SingleChoice, TrueFalse
from quizbank.kinds.text import Open, ShortText
from quizbank.kinds.values import Numeric, Shape

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        SingleChoice(),
        MultipleChoice(),
        TrueFalse(),
        Numeric(),
        Shape(),
        ShortText(),
        Ordering(),
        Matching(),
        Open(),
    )
}

__all__ = ["KINDS", "Explanation", "Kind", "Result"]
