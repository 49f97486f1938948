"""The rules of a place on a GPU, by the clock."""

import pytest

from grader.engine.gpu_places import (
    MAX_FAILURES,
    SETTLED_MB,
    SETTLING_SECONDS,
    SLACK_MB,
    STALE_SECONDS,
    Place,
)
from grader.engine.sandbox.nvml import Gpu


@pytest.fixture
def place():
    """A GPU of 16 GB with one child waiting, read a moment ago."""
    place = Place(Gpu("GPU-00000000", "/dev/nvidia0", "a GPU", 16384))
    place.starting = 1
    place.works(1)
    place.read(500, now=100.0)
    return place


def test_a_waiting_child_is_handed_over_on_a_fresh_reading_only(place):
    assert place.is_free(100.1)
    assert not place.is_free(100.1 + STALE_SECONDS)


def test_a_full_gpu_is_not_given_out(place):
    place.read(16384 - SLACK_MB + 1, now=101.0)
    assert not place.is_free(101.1)


def test_nobody_is_handed_over_beside_a_candidate(place):
    place.begin(1, 1024)
    place.starting = 2
    place.works(2)
    place.read(900, now=101.0)
    assert not place.is_free(101.1)
    assert not place.wants_child()


def test_the_next_one_waits_until_the_memory_is_free_again(place):
    place.begin(1, 1024)
    place.starting = 2
    place.works(2)
    place.forget(1, now=102.0)
    assert not place.is_free(102.0)  # no reading since the end
    place.read(500 + SETTLED_MB + 1, now=102.1)
    assert not place.is_free(102.1)
    place.read(500 + SETTLED_MB, now=102.2)
    assert place.is_free(102.2)


def test_memory_that_stays_in_use_is_a_failure(place):
    place.begin(1, 1024)
    place.forget(1, now=102.0)
    place.read(3000, now=102.0 + SETTLING_SECONDS + 0.1)
    assert place.problem == "2500 MB of its memory stay in use after a candidate has ended"
    assert not place.wants_child()


def test_the_limit_counts_from_where_the_session_began(place):
    place.begin(1, 1024)
    place.read(500 + 1024 + SLACK_MB, now=101.0)
    assert not place.exceeds()
    place.read(500 + 1024 + SLACK_MB + 1, now=101.1)
    assert place.exceeds()


def test_failures_pause_ever_longer_and_end_in_no_service(place):
    pauses = []
    for number in range(1, 12):
        assert bool(place.out_of_service) == (number > MAX_FAILURES)
        place.fail("it broke", now=200.0)
        pauses.append(place.retry_at - 200.0)
        assert not place.wants_probe(place.retry_at - 0.01)
        assert place.wants_probe(place.retry_at)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1.0, 60.0)
    assert place.out_of_service == "/dev/nvidia0 (a GPU): it broke"


def test_a_child_that_starts_ends_all_trouble(place):
    for _ in range(MAX_FAILURES):
        place.fail("it broke", now=200.0)
    place.failed = False  # the probe went well
    place.waiting = None
    assert place.wants_child()
    place.starting = 7
    place.works(7)
    assert (place.failures, place.problem, place.out_of_service, place.waiting) == (0, "", "", 7)
