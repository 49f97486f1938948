"""What a proof of an exercise found."""

from dataclasses import dataclass, field

from exercises.proof.mutants import Mutant


@dataclass
class Result:
    """What is wrong with one exercise, and its sizes for the table."""

    slug: str
    cases: int = 0
    points: int = 0
    solutions: int = 0
    answers: int = 0
    mistakes: int = 0
    mutants: int = 0
    killed: int = 0
    explained: int = 0
    seeds: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unlisted: list[Mutant] = field(default_factory=list)
    skipped: str = ""
    mutated: bool = False
    """Whether mutants were tried."""
