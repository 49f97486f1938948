"""What the sweeper does besides looking for lost submissions: regrades, tallies, old faults."""

from grader import faults, regrade_runs, tallies


def tidy() -> None:
    """Each part looks first whether there is anything to do: sweepers come by every few seconds."""
    regrade_runs.send_due()
    tallies.gather()
    faults.prune()
