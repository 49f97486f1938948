"""What an attack is: hostile source, and what it must come to."""

from dataclasses import dataclass
from typing import Any

from grader.engine import Engine, Limits, errors
from tests.grader.engine.support import honest_is_accepted

RETURNED = "returned"  # the code ran to its end; what it gave is checked by value

USUAL = Limits(seconds=20, memory_mb=192)


@dataclass(frozen=True)
class Attack:
    """`outcome` is the verdict, or RETURNED with `value` the harmless result.

    `elsewhere` are other verdicts that are as right: where there are no control groups and resource limits
    stand in for them, or where two things happen at once.
    """

    name: str
    source: str
    outcome: str
    value: Any = None
    limits: Limits = USUAL
    elsewhere: str = ""

    @property
    def outcomes(self) -> set[str]:
        return {self.outcome, *self.elsewhere.split()}

    def __str__(self) -> str:
        return self.name


def run(engine: Engine, attack: Attack) -> tuple[str, Any]:
    """Load the attack, call its `solve` twice, and give outcome and value."""
    with engine.open("numpy", attack.limits) as session:
        try:
            session.load(attack.source.encode())
            session.call("solve")
            return RETURNED, session.call("solve").value
        except errors.CandidateFault as fault:
            return fault.verdict, str(fault)


def assert_harmless(engine: Engine, attack: Attack) -> None:
    """The attack comes to what it must, and the next submission on the same runner is judged as ever."""
    outcome, value = run(engine, attack)
    assert outcome in attack.outcomes, value
    if attack.value is not None:
        assert value == attack.value
    assert honest_is_accepted(engine)
