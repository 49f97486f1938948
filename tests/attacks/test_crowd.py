"""All attacks in a random order among honest submissions, several at once on one runner: nothing stays."""

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.engine import Engine
from tests.attacks import test_escaping, test_exhausting, test_forging, test_secrets
from tests.attacks.attack import Attack, run
from tests.grader.engine.support import honest_is_accepted, running

pytestmark = pytest.mark.sandbox

ORDER = 7  # the seed of the order
MODULES = (test_escaping, test_exhausting, test_forging, test_secrets)
PLACES = 3


def all_attacks() -> list[Attack]:
    attacks = [attack for module in MODULES for attack in module.ATTACKS]
    return attacks + (test_escaping.NUMBERS + test_escaping.KILLED if test_escaping.X86 else [])


def wrong(engine: Engine, attack: Attack) -> str:
    """What is wrong with what an attack came to; nothing if all is as it must be."""
    outcome, value = run(engine, attack)
    as_stated = outcome in attack.outcomes and (attack.value is None or value == attack.value)
    return "" if as_stated else f"{attack}: {outcome} {value!r:.200}"


def refused(engine: Engine, _: None) -> str:
    return "" if honest_is_accepted(engine) else "an honest submission was not accepted"


def shares(engine: Engine) -> list[tuple[Callable[..., str], Attack | None]]:
    """Every attack once, and as many honest submissions, in a random order."""
    jobs: list[tuple[Callable[..., str], Attack | None]] = [(wrong, attack) for attack in all_attacks()]
    jobs += [(refused, None)] * len(jobs)
    random.Random(ORDER).shuffle(jobs)
    return jobs


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def parents() -> dict[int, int]:
    """Every process of this machine with its parent."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        found[int(number)] = int(rest.rpartition(")")[2].split()[1])
    return found


def below(pid: int, parent_of: dict[int, int]) -> list[int]:
    return [child for child, parent in parent_of.items() if parent == pid]


def holdings(engine: Engine) -> dict[str, object]:
    """What the runner and its zygotes hold of what submissions use."""
    status, parent_of = engine.status(), parents()
    runner = status["pid"]
    (outer,) = below(runner, parent_of)
    (inner,) = below(outer, parent_of)
    zygotes = [outer, inner]
    return {
        "busy": status["busy"],
        "children": len(below(inner, parent_of)),
        "descriptors of the runner": len(list(Path(f"/proc/{runner}/fd").iterdir())),
        "descriptors of the zygotes": [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in zygotes],
        "mounts of the zygotes": [lines(Path(f"/proc/{pid}/mountinfo")) for pid in zygotes],
        "control groups": control_groups(runner),
        "zygotes": zygotes,
    }


def control_groups(runner: int) -> int:
    """Those of the runner's children; walked so that one which goes meanwhile does no harm."""
    found = 0
    for folder, _, _ in os.walk("/sys/fs/cgroup"):
        found += Path(folder).parent.name == f"stride-{runner}"
    return found


def settled(
    engine: Engine, before: dict[str, object] | None = None, seconds: float = 15.0
) -> dict[str, object]:
    """The holdings once they equal those before, or else no longer change."""
    deadline, last = time.monotonic() + seconds, holdings(engine)
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = holdings(engine)
        if now == (before or last):
            return now
        last = now
    return last


def test_all_attacks_among_honest_submissions_leave_nothing_behind():
    with running(recycle_after=10_000, most_standby=2) as engine:
        assert honest_is_accepted(engine)
        before = settled(engine)
        places = min(PLACES, engine.status()["jobs"]) + 1  # one always waits for a place
        with ThreadPoolExecutor(places) as pool:
            problems = list(pool.map(lambda job: job[0](engine, job[1]), shares(engine)))
        assert [problem for problem in problems if problem] == []
        assert settled(engine, before) == before
        assert honest_is_accepted(engine)
