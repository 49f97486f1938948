"""Server-sent events: one poller for all, resumable by number, ended by the verdict."""

import asyncio
import json
from contextlib import aclosing
from urllib.parse import urlencode
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from config.asgi import application
from grader import bells, lifecycle, streams
from grader.bells import Ring
from tests.grader.conftest import REPORT

pytestmark = pytest.mark.django_db(transaction=True)


def ids(text: str) -> list[int]:
    return [int(line[4:]) for line in text.splitlines() if line.startswith("id: ")]


def kinds(text: str) -> list[str]:
    return [line[7:] for line in text.splitlines() if line.startswith("event: ")]


async def session_of(user) -> str:
    client = Client()
    await sync_to_async(client.force_login)(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def read(
    address: str,
    user,
    headers: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
    stays: float = 60,
    answers: list[dict] | None = None,
) -> tuple[int, str]:
    """Ask as a browser does, through the whole application; gives status and body, `answers` as they come."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={await session_of(user)}"
    sent = {"host": "localhost", "cookie": cookie, **(headers or {})}
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": address, "scheme": "http",
        "query_string": urlencode(data or {}).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
    }  # fmt: skip
    answers = [] if answers is None else answers
    asked = iter([{"type": "http.request", "body": b""}])

    async def receive() -> dict:
        for message in asked:
            return message
        await asyncio.sleep(stays)
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        answers.append(message)

    await asyncio.wait_for(application(scope, receive, send), 30)
    return answers[0]["status"], body_of(answers)


def body_of(answers: list[dict]) -> str:
    return b"".join(part.get("body", b"") for part in answers[1:]).decode()


async def told(answers: list[dict], text: str) -> None:
    """Return once the stream has said it."""
    while text not in body_of(answers):
        await asyncio.sleep(0.02)


def read_now(address: str, user, **headers: str) -> tuple[int, str]:
    return asyncio.run(read(address, user, **headers))


def test_a_finished_submission_s_events_are_replayed_and_the_stream_ends(finish, learner):
    status, text = read_now(f"/submissions/{finish().pk}/events", learner)
    assert status == 200
    assert text.startswith("retry: 2000\n\n")
    assert ids(text) == [1, 2, 3]
    assert kinds(text) == ["queued", "running", "finished"]
    assert '{"verdict": "wrong_answer", "score": 0.5}' in text


@pytest.mark.parametrize("resume", [{"headers": {"Last-Event-ID": "2"}}, {"data": {"after": "2"}}])
def test_a_stream_resumes_after_the_event_that_was_seen(finish, learner, resume):
    assert ids(read_now(f"/submissions/{finish().pk}/events", learner, **resume)[1]) == [3]


@pytest.mark.parametrize("number", ["x", "-1", "1e3", "", "٣", "9" * 50])
def test_a_bad_number_starts_from_the_beginning(finish, learner, number):
    assert ids(read_now(f"/submissions/{finish().pk}/events", learner, data={"after": number})[1]) == [
        1,
        2,
        3,
    ]


def test_whoever_has_seen_the_end_is_told_to_stop_asking(finish, learner):
    address = f"/submissions/{finish().pk}/events"
    assert read_now(address, learner, headers={"Last-Event-ID": "3"}) == (204, "")


def test_another_learner_is_told_that_there_is_nothing(finish, other_learner):
    assert read_now(f"/submissions/{finish().pk}/events", other_learner)[0] == 404


def test_events_arrive_while_they_happen(make_submission, learner):
    submission, answers = make_submission(), []

    async def work() -> str:
        reading = asyncio.create_task(read(f"/submissions/{submission.pk}/events", learner, answers=answers))
        await asyncio.wait_for(told(answers, '{"position": 1}'), 30)
        claimed = await sync_to_async(lifecycle.claim)(submission.pk)
        await sync_to_async(lifecycle.progress)(claimed, 1, 3, "the first case")
        await asyncio.wait_for(told(answers, "event: case"), 30)
        await sync_to_async(lifecycle.finish)(claimed, REPORT)
        return (await asyncio.wait_for(reading, 30))[1]

    text = asyncio.run(work())
    assert list(dict.fromkeys(kinds(text))) == ["queued", "running", "case", "finished"]
    assert '{"position": 1}' in text
    assert ids(text) == [1, 2, 3, 4]


def test_a_waiting_stream_says_that_it_lives_and_leaves_nothing_behind(make_submission, monkeypatch):
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
    pk = make_submission().pk

    async def work() -> list[str]:
        seen = []
        async with aclosing(streams.listen(pk, 1)) as frames:
            async for frame in frames:
                seen.append(frame)
                if frame.startswith(":"):
                    break
        assert not streams.broadcaster().listeners
        return seen

    assert asyncio.run(work())[-1] == ": still here\n\n"


def heard_by(listener: streams.Listener, *rings: Ring) -> tuple[list[str], bool]:
    """What the listener's browser gets to read after the rings, and whether its row is to be looked at."""

    async def work() -> tuple[list[str], bool]:
        hub = streams.Broadcaster()
        hub.listeners.add(listener)
        for ring in rings:
            hub.hear(ring)
        frames = [listener.frames.get_nowait() for _ in range(listener.frames.qsize())]
        return [text for text in frames if text], listener in hub.due

    return asyncio.run(work())


PK = UUID(int=7)
CASE = Ring(PK, 3, "case", {"case": 1, "of": 2, "name": "a"})
FINISHED = Ring(PK, 4, "finished", {"verdict": "accepted", "score": 1.0})


def test_a_ring_that_brings_the_next_event_needs_no_query():
    frames, due = heard_by(streams.Listener(PK, after=2), CASE, FINISHED)
    assert ids("".join(frames)) == [3, 4]
    assert kinds("".join(frames)) == ["case", "finished"]
    assert not due


def test_an_event_is_passed_on_once():
    assert ids("".join(heard_by(streams.Listener(PK, after=2), CASE, CASE)[0])) == [3]


@pytest.mark.parametrize(
    "ring",
    [
        pytest.param(FINISHED, id="one before it was missed"),
        pytest.param(Ring(PK), id="too long for a notification"),
        pytest.param(Ring(), id="anything"),
    ],
)
def test_a_ring_that_does_not_say_enough_makes_the_row_be_looked_at(ring):
    assert heard_by(streams.Listener(PK, after=2), ring) == ([], True)


def test_another_submission_s_ring_is_none_of_ours():
    assert heard_by(streams.Listener(UUID(int=8), after=2), CASE) == ([], False)


def test_a_place_in_the_queue_is_not_told_after_the_start():
    """The rows were read, then the bell told that the submission runs, then came what was read."""
    listener = streams.Listener(PK, after=1)
    listener.tell(2, "running", {"attempt": 1})
    listener.take(streams.Update([], position=1, over=False, seq=1))
    assert kinds(listener.frames.get_nowait()) == ["running"]
    assert listener.frames.empty()


def test_notifications_are_read_as_the_trigger_writes_them():
    whole = {"submission": str(PK), "seq": 3, "kind": "case", "payload": {"case": 1, "of": 2, "name": "a"}}
    assert bells.read(json.dumps(whole)) == CASE
    assert bells.read(json.dumps({"submission": str(PK)})) == Ring(PK)


def test_without_a_bell_events_still_arrive(make_submission, learner, monkeypatch):
    monkeypatch.setattr(bells, "BELLS", {})
    monkeypatch.setattr(streams, "LOOK_SECONDS", 60)
    submission = make_submission()

    async def work() -> str:
        reading = asyncio.create_task(read(f"/submissions/{submission.pk}/events", learner))
        await asyncio.sleep(0.3)
        claimed = await sync_to_async(lifecycle.claim)(submission.pk)
        await sync_to_async(lifecycle.finish)(claimed, REPORT)
        return (await asyncio.wait_for(reading, 30))[1]

    assert kinds(asyncio.run(work()))[-1] == "finished"


def test_a_browser_that_leaves_ends_its_stream(make_submission, learner):
    address = f"/submissions/{make_submission().pk}/events"

    async def work() -> int:
        await read(address, learner, stays=0.3)
        return streams.open_streams()

    assert asyncio.run(work()) == 0


def test_a_stream_needs_the_event_loop(make_submission, learner_client):
    response = learner_client.get(f"/submissions/{make_submission().pk}/events")
    assert response.status_code == 503
    assert "reload the page" in response.content.decode()


def test_many_listeners_cost_one_query_each_round(finish, django_assert_max_num_queries):
    cursors = {finish().pk: 0 for _ in range(20)}
    with django_assert_max_num_queries(2):
        updates = streams.poll(cursors)
    assert all(len(update.events) == 3 and update.over for update in updates.values())


def test_a_deleted_submission_ends_its_stream(make_submission):
    submission = make_submission()
    pk = submission.pk
    submission.delete()
    assert streams.poll({pk: 0})[pk].over


def test_too_many_listeners_are_sent_away(make_submission, learner, monkeypatch):
    monkeypatch.setattr(streams, "MAX_LISTENERS", 0)
    assert read_now(f"/submissions/{make_submission().pk}/events", learner)[0] == 503
