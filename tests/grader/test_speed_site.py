"""Speed through the whole site: web, queue, worker, runner, events, API."""

import pytest

from exercises import catalogue
from tests.grader import stack as stacks

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]
SLUG = "max-pool2d"
SOLUTION = catalogue.load(SLUG).solutions[0].source


@pytest.fixture(scope="module")
def stack():
    with stacks.embedded() as stack:
        yield stack


def test_a_submission_earns_its_tier_after_its_verdict(stack):
    pk = stack.submit(SOLUTION, SLUG)
    found = stack.wait_for_state(pk, "finished")
    measured = found["report"]["speed"]
    assert (found["verdict"], found["score"]) == ("accepted", 1.0)
    assert measured["state"] in ("measured", "unavailable"), measured["reason"]  # the latter when too busy
    assert found["tier"] == (measured["tier"] or "")
    if measured["state"] == "measured":
        kinds = [event["kind"] for event in stack.events(pk)]
        assert kinds[-2:] == ["verdict", "finished"]
        assert measured["used"]["candidate"]["memory_mb"] > 0
        exercise = stack.api("GET", f"/exercises/{SLUG}/")[1]
        assert exercise["tier"] == measured["tier"]


def test_a_run_is_not_timed(stack):
    found = stack.wait_for_state(stack.submit(SOLUTION, SLUG, "run"), "finished")
    assert (found["verdict"], found["tier"], found["report"]["speed"]) == ("accepted", "", None)
