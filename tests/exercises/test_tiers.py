import re

import pytest

from exercises import catalogue
from exercises.tiers import Interval, Overlap, Tiers, derive

TIERS = Tiers(20.0, 1.25, 0.5, {})
MEASURED = {
    "loops": Interval(80, 100, 120),
    "vectorised": Interval(0.98, 1.0, 1.02),
    "library": Interval(0.38, 0.4, 0.42),
}


@pytest.mark.parametrize(
    ("ratio", "tier"), [(0.5, "gold"), (0.501, "silver"), (1.25, "silver"), (20, "bronze"), (20.1, "")]
)
def test_a_tier_reaches_up_to_its_ratio(ratio, tier):
    assert TIERS.of(ratio) == tier


@pytest.mark.parametrize(
    ("interval", "earned", "possible"),
    [
        (Interval(0.3, 0.4, 0.5), "gold", "gold"),
        (Interval(0.49, 0.5, 0.51), "silver", "gold"),
        (Interval(0.4, 1.0, 30.0), "", "gold"),
        (Interval(25.0, 30.0, 35.0), "", ""),
    ],
)
def test_the_slow_end_of_the_interval_earns_the_tier(interval, earned, possible):
    assert (TIERS.earned(interval), TIERS.possible(interval)) == (earned, possible)


def test_tiers_follow_from_the_baselines():
    tiers = derive(MEASURED)
    assert tiers.as_dict() == {"bronze": 16.0, "silver": 1.3, "gold": 0.53}
    assert tiers.of(100) == "", "loops themselves reach no tier"
    assert tiers.of(1.02) == "silver"
    assert tiers.of(0.42) == "gold"
    assert tiers.calibration["loops"].as_list() == [80, 100, 120]


@pytest.mark.parametrize(
    ("name", "interval", "complaint"),
    [
        ("library", Interval(0.9, 0.95, 1.0), "vectorised and library"),
        ("loops", Interval(5.0, 6.0, 7.0), "loops and vectorised"),
    ],
)
def test_baselines_that_hardly_differ_make_no_tiers(name, interval, complaint):
    with pytest.raises(Overlap, match=complaint):
        derive({**MEASURED, name: interval})


@pytest.mark.parametrize(
    "exercise", [exercise for exercise in catalogue.load_all() if exercise.speed], ids=lambda one: one.slug
)
def test_the_editorial_gives_the_ratios_that_were_measured(exercise):
    """Its first row is the loops', its last the library's; between them it may name other answers."""
    _, table = exercise.editorial.split("| answer | ratio", 1)
    ratios = [float(ratio) for ratio in re.findall(r"\| ([\d.]+) \|$", table, re.MULTILINE)]
    loops, library = (exercise.speed.calibration[name] for name in ("loops", "library"))
    assert ratios[0] == float(f"{loops.ratio:.2g}")
    assert ratios[-1] == float(f"{library.ratio:.2g}")
    assert 1 in ratios
