"""Regular expressions that instructors write: checked so that none can take long on a learner's answer.

Python's engine backtracks. The number of ways in which a pattern can match a text of `MAX_ANSWER`
characters is bounded from its structure: each repeat multiplies by the number of lengths it can have, each
branch by its alternatives. A pattern whose bound is small cannot be made to run long by any answer.
"""

import re
import re._constants as constants
import re._parser as parser
from functools import lru_cache
from typing import Any

MAX_PATTERN = 200
MAX_ANSWER = 200
MAX_PATHS = 100_000


class PatternError(ValueError):
    """A pattern that cannot be used; the message says what is expected."""


@lru_cache(maxsize=500)
def compiled(source: str) -> re.Pattern[str]:
    """The pattern, to be matched whole and without case; raises PatternError."""
    if len(source) > MAX_PATTERN:
        raise PatternError(
            f"a pattern of at most {MAX_PATTERN} characters is expected, this has {len(source)}"
        )
    try:
        tree = parser.parse(source)
        pattern = re.compile(source, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"is not a regular expression: {error}") from None
    if _paths(tree) > MAX_PATHS:
        raise PatternError(
            "could take too long to match: use fewer repeats, none inside another, and at most two * or +"
        )
    return pattern


def _paths(tree: Any) -> int:
    """An upper bound of the ways to match, cut off a little above the limit."""
    total = 1
    for op, argument in tree:
        total = min(total * _paths_of(op, argument), MAX_PATHS + 1)
    return total


def _paths_of(op: Any, argument: Any) -> int:
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        least, most, inner = argument
        most = min(int(most), MAX_ANSWER)
        once = _paths(inner)
        inside = 1 if once == 1 else min(once ** min(most, 20), MAX_PATHS + 1)
        return max(1, most - min(int(least), most) + 1) * inside
    if op is constants.SUBPATTERN:
        return _paths(argument[-1])
    if op is constants.ATOMIC_GROUP:
        return _paths(argument)
    if op is constants.BRANCH:
        return min(sum(_paths(branch) for branch in argument[1]), MAX_PATHS + 1)
    if op in (constants.GROUPREF, constants.GROUPREF_EXISTS, constants.ASSERT, constants.ASSERT_NOT):
        raise PatternError("back references and look-arounds are not allowed")
    return 1
