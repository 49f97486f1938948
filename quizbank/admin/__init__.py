"""The instructors' admin: banks, topics, sets and questions of every kind.

`questions` is the page of one question; what depends on the kind stands in `spec_forms`, as plain form
fields that `quizbank.kinds` validates. `banks` has import and export. Everything works without scripts.
"""

from quizbank.admin import banks, questions, sets, topics

__all__ = ["banks", "questions", "sets", "topics"]
