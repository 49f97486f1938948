"""The seeds of a proof: as many as asked for, fewer where an exercise is slow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import process_time

FIRST = 20_000
LEAST = 3


@dataclass
class Seeds:
    """Gives the seeds, one after the other, to each answer and mistake, as long as it has CPU seconds left.

    `fewest` is how many all of them got: what the proof may claim.
    """

    count: int
    seconds: float = 10.0
    fewest: int = field(init=False)

    def __post_init__(self) -> None:
        self.fewest = self.count

    def each(self) -> Iterator[int]:
        """The seeds for one answer."""
        begun = process_time()
        for number in range(self.count):
            if number >= LEAST and process_time() - begun > self.seconds:
                self.fewest = min(self.fewest, number)
                return
            yield FIRST + number
