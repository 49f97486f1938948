"""Whose turn it is: no flood holds up the others, nobody waits for ever, and no row is taken twice."""

import random

import pytest

from accounts.models import User
from grader import lifecycle, queues
from grader.models import Submission
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db) -> list[User]:
    return [make_user(f"person{number}") for number in range(4)]


def order(queue: str = "cpu") -> list[Submission]:
    """All that waits, in the order in which one worker takes it."""
    found = []
    while submission := lifecycle.claim_next(queue):
        found.append(submission)
        lifecycle.finish(submission, {"verdict": "accepted", "score": 1.0})
    return found


def test_the_oldest_goes_first(people, make_submission):
    sent = [make_submission(user) for user in people]
    assert order() == sent


def test_a_flood_comes_after_everybody_s_first(people, make_submission):
    """The second of the one who sent ten comes after the first of all who came later."""
    flood = [make_submission(people[0]) for _ in range(10)]
    others = [make_submission(user) for user in people[1:]]
    assert order() == [flood[0], *others, *flood[1:]]


def test_the_k_th_of_one_comes_after_the_one_before_of_all(people, make_submission):
    first = [make_submission(people[0]) for _ in range(3)]
    second = [make_submission(people[1]) for _ in range(2)]
    assert order() == [first[0], second[0], first[1], second[1], first[2]]


def test_a_flood_that_goes_on_holds_up_nobody(people, make_submission):
    """However long somebody has been sending, a newcomer comes before what they send next."""
    for _ in range(3):
        make_submission(people[0])
    for _ in range(50):
        lifecycle.finish(lifecycle.claim_next("cpu"), {"verdict": "accepted"})
        make_submission(people[0])
    newcomer = make_submission(people[1])
    assert order()[0] == newcomer


def test_newcomers_hold_up_no_flood_for_ever(people, make_submission):
    """The flood's last is taken although somebody new comes before each claim."""
    flood = [make_submission(people[0]) for _ in range(5)]
    taken = []
    for number in range(30):
        make_submission(make_user(f"newcomer{number}"))
        taken.append(lifecycle.claim_next("cpu"))
        lifecycle.finish(taken[-1], {"verdict": "accepted"})
    assert flood[-1] in taken


def test_while_a_turn_is_served_newcomers_get_the_next(people, make_submission):
    """They wait for at most one of each learner who was there before them."""
    flood = [make_submission(people[0]) for _ in range(4)]
    second = [make_submission(people[1]) for _ in range(4)]
    taken = lifecycle.claim_next("cpu")
    newcomer = make_submission(people[2])
    assert taken == flood[0]
    assert order() == [second[0], newcomer, flood[1], second[1], flood[2], second[2], flood[3], second[3]]


def test_what_runs_counts_as_the_learner_s(people, make_submission):
    make_submission(people[0])
    lifecycle.claim_next("cpu")
    again, other = make_submission(people[0]), make_submission(people[1])
    assert order() == [other, again]


def test_what_was_lost_keeps_its_turn(people, make_submission):
    lost = make_submission(people[0])
    claimed = lifecycle.claim_next("cpu")
    assert claimed == lost
    others = [make_submission(user) for user in people[1:]]
    lifecycle._requeue(lifecycle._held(claimed), claimed.pk)
    assert order() == [lost, *others]


def test_queues_do_not_hold_up_each_other(people, make_submission):
    here, there = make_submission(people[0]), make_submission(people[0], queue="gpu")
    assert (here.turn, there.turn) == (1, 1)
    assert order("gpu") == [there]
    assert order("cpu") == [here]


def test_the_place_counts_who_is_taken_before(people, make_submission):
    flood = [make_submission(people[0]) for _ in range(3)]
    other = make_submission(people[1])
    assert [row.position() for row in (flood[0], other, *flood[1:])] == [1, 2, 3, 4]
    assert other.ahead == 1


def test_places_are_the_order_of_the_claims(people, make_submission):
    """Whatever was sent, taken and finished before."""
    luck = random.Random(7)
    for _ in range(60):
        if luck.random() < 0.6:
            make_submission(luck.choice(people))
        elif claimed := lifecycle.claim_next("cpu"):
            lifecycle.finish(claimed, {"verdict": "accepted"})
    places = {row.pk: row.position() for row in Submission.objects.queued()}
    assert [places[row.pk] for row in order()] == list(range(1, len(places) + 1))


def test_no_wait_is_told_before_anything_was_graded(make_submission):
    make_submission()
    assert queues.expected_wait("cpu", 1) is None


def test_the_wait_follows_the_pace(finish):
    for _ in range(4):
        finish()
    assert queues.expected_wait("cpu", 8) == 2 * queues.PACE_SECONDS
