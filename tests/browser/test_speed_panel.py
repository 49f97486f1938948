"""The speed panel of a result, in both themes, on a desk and on a telephone."""

import pytest

from grader import lifecycle
from grader.models import Submission
from tests.browser.chromium import chromium, visit  # noqa: F401
from tests.browser.test_design import LOW_CONTRAST, OVERFLOW
from tests.conftest import logged_in, make_user
from tests.grader.test_speed import ACCEPTED, SPEED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WINDOWS = [("light", 1100), ("dark", 1100), ("light", 360), ("dark", 360)]
GIVEN_UP = {
    **SPEED, "state": "slow", "tier": None, "possible": None, "ratio": None, "low": None, "high": None,
    "used": {}, "rounds": 0, "reason": "Given up after 2 calls: far slower than the bronze tier allows.",
}  # fmt: skip
FAST = {**SPEED, "tier": "gold", "possible": "gold", "ratio": 0.1, "low": 0.09, "high": 0.11}
OVERLAPS = """
() => {
  const boxes = [...document.querySelectorAll(".speed__scale text")].map((e) => e.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meet(a, b))).length;
}
"""
OUTSIDE = """
() => {
  const scale = document.querySelector(".speed__scale").getBoundingClientRect();
  return [...document.querySelectorAll(".speed__scale *")].map((e) => e.getBoundingClientRect())
    .filter((box) => box.left < scale.left - 8 || box.right > scale.right + 8).length;
}
"""


@pytest.mark.parametrize("speed", [SPEED, FAST, GIVEN_UP], ids=["between", "gold", "given-up"])
def test_the_panel_is_whole_in_every_window(visit, speed):  # noqa: F811
    user = make_user("ada")
    session = logged_in(user).cookies["sessionid"].value
    lifecycle.enqueue(made := Submission(user=user, exercise="max-pool2d", source="x = 1\n"))
    lifecycle.finish(lifecycle.claim(made.pk), {**ACCEPTED, "speed": speed}, "v")
    for scheme, width in WINDOWS:
        window = visit(session, color_scheme=scheme, viewport={"width": width, "height": 900})
        page = window.open(made.get_absolute_url())
        assert page.evaluate(OVERFLOW) <= 0
        assert page.evaluate(LOW_CONTRAST) == []
        assert page.evaluate(OVERLAPS) == 0, (scheme, width)
        assert page.evaluate(OUTSIDE) == 0, (scheme, width)
        assert "Tiers: gold up to" in page.get_by_role("img").first.get_attribute("aria-label")
        shown = page.locator(".speed .badge").inner_text()
        assert shown.strip() == (speed["tier"] or "No tier").capitalize()
        assert page.locator(".speed__own").count() == (speed["ratio"] is not None)
