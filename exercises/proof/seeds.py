"""The seeds of a proof: as many as asked for, fewer where an exercise is slow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from time import process_time

FIRST = 20_000


@dataclass
class Seeds:
    """Gives the seeds, one after the other, to each of several answers, as long as it has CPU seconds left.

    Each gets `least` seeds however slow it is. `fewest` is how many all of them got: what a proof may claim.
    """

    count: int
    seconds: float = inf
    least: int = 1
    fewest: int = field(init=False)

    def __post_init__(self) -> None:
        self.fewest = self.count

    def each(self) -> Iterator[int]:
        """The seeds for one answer."""
        begun = process_time()
        for number in range(self.count):
            if number >= self.least and process_time() - begun > self.seconds:
                self.fewest = min(self.fewest, number)
                return
            yield FIRST + number
