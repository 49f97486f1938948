"""Server-sent events: one poller for all, resumable by number, ended by the verdict."""

import asyncio
from contextlib import aclosing

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from grader import lifecycle, streams
from tests.grader.conftest import REPORT

pytestmark = pytest.mark.django_db(transaction=True)


def ids(text: str) -> list[int]:
    return [int(line[4:]) for line in text.splitlines() if line.startswith("id: ")]


def kinds(text: str) -> list[str]:
    return [line[7:] for line in text.splitlines() if line.startswith("event: ")]


async def read(address: str, user, **headers: str) -> tuple[int, str]:
    client = AsyncClient()
    await client.aforce_login(user)
    response = await asyncio.wait_for(client.get(address, **headers), 10)
    if not response.streaming:
        return response.status_code, response.content.decode()
    parts = [part.decode() async for part in response.streaming_content]
    return response.status_code, "".join(parts)


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
    submission = make_submission()

    async def work() -> str:
        reading = asyncio.create_task(read(f"/submissions/{submission.pk}/events", learner))
        await asyncio.sleep(0.3)
        claimed = await sync_to_async(lifecycle.claim)(submission.pk)
        await sync_to_async(lifecycle.progress)(claimed, 1, 3, "the first case")
        await asyncio.sleep(0.3)
        await sync_to_async(lifecycle.finish)(claimed, REPORT)
        return (await asyncio.wait_for(reading, 10))[1]

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
