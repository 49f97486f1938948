"""Server-sent events for any number of browsers with one database query every tenth of a second.

Each web process has one `Broadcaster`. While somebody listens it polls the watched submissions in one
thread with one database connection, and hands what is new to each listener's queue; a listener holds
no connection and no thread. A stream can be resumed anywhere, because every event is a numbered row.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DatabaseError, close_old_connections

from grader.models import Submission, SubmissionEvent

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
POSITION_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 15
RETRY_MILLISECONDS = 2000  # how soon a browser comes back after a lost connection
MAX_LISTENERS = 2000
MAX_POSITIONS = 5000  # behind that place in the queue no position is told
CHUNK = 500  # submissions a query


@dataclass(frozen=True)
class Update:
    """What happened to one submission since its listeners last heard of it."""

    events: list[SubmissionEvent]
    position: int | None
    over: bool


def frame(kind: str, payload: dict[str, Any], seq: int | None = None) -> str:
    """One event in the format of server-sent events."""
    number = f"id: {seq}\n" if seq is not None else ""
    return f"{number}event: {kind}\ndata: {json.dumps(payload)}\n\n"


def poll(cursors: dict[UUID, int], with_positions: bool = True) -> dict[UUID, Update]:
    """Look what is new after the given event numbers; two or three queries a chunk, whatever the number."""
    close_old_connections()
    updates: dict[UUID, Update] = {}
    for chunk in _chunks(cursors):
        rows = {row["pk"]: row for row in _states(chunk)}
        changed = {pk: cursors[pk] for pk in rows if rows[pk]["last_seq"] > cursors[pk]}
        events = _events(changed)
        queued = {row["queue"] for row in rows.values() if row["state"] == Submission.State.QUEUED}
        positions = _positions(queued) if with_positions and queued else {}
        for pk in chunk:
            over = pk not in rows or rows[pk]["state"] == Submission.State.FINISHED
            updates[pk] = Update(events.get(pk, []), positions.get(pk), over)
    return updates


def _chunks(cursors: dict[UUID, int]) -> Iterator[list[UUID]]:
    keys = list(cursors)
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _states(chunk: list[UUID]) -> list[dict[str, Any]]:
    rows = Submission.objects.filter(pk__in=chunk).values("pk", "state", "last_seq", "queue")
    return [dict(row) for row in rows]


def _events(changed: dict[UUID, int]) -> dict[UUID, list[SubmissionEvent]]:
    found: dict[UUID, list[SubmissionEvent]] = {}
    if not changed:
        return found
    rows = SubmissionEvent.objects.filter(submission__in=list(changed), seq__gt=min(changed.values()))
    for event in rows.order_by("submission", "seq"):
        if event.seq > changed[event.submission_id]:
            found.setdefault(event.submission_id, []).append(event)
    return found


def _positions(queues: set[str]) -> dict[UUID, int]:
    places: dict[UUID, int] = {}
    for queue in queues:
        waiting = Submission.objects.queued().filter(queue=queue).in_turn()
        places |= {
            pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True)[:MAX_POSITIONS], 1)
        }
    return places


@dataclass(eq=False)
class Listener:
    """One browser's stream: the number of the last event it got, and the frames that it is still to get."""

    pk: UUID
    after: int
    position: int | None = None
    frames: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    def take(self, update: Update) -> None:
        for event in update.events:
            if event.seq > self.after:
                self.after = event.seq
                self.frames.put_nowait(frame(event.kind, event.payload, event.seq))
        if update.position is not None and update.position != self.position:
            self.position = update.position
            self.frames.put_nowait(frame(SubmissionEvent.Kind.QUEUED, {"position": update.position}))
        if update.over:
            self.frames.put_nowait(None)


class Full(Exception):
    """Too many listeners in this process."""


class Broadcaster:
    """Polls for all listeners of one event loop while there are any."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.task: asyncio.Task[None] | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="events")
        self.positions_at = 0.0

    def add(self, listener: Listener) -> None:
        if len(self.listeners) >= MAX_LISTENERS:
            raise Full
        self.listeners.add(listener)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    async def _run(self) -> None:
        while self.listeners:
            try:
                await self._poll_once()
            except DatabaseError:
                log.exception("events could not be read")
                await asyncio.sleep(1)
            await asyncio.sleep(POLL_SECONDS)

    async def _poll_once(self) -> None:
        listeners = list(self.listeners)
        cursors: dict[UUID, int] = {}
        for listener in listeners:
            cursors[listener.pk] = min(listener.after, cursors.get(listener.pk, listener.after))
        loop = asyncio.get_running_loop()
        updates = await loop.run_in_executor(self.thread, poll, cursors, self._positions_due(listeners))
        for listener in listeners:
            listener.take(updates[listener.pk])
            if updates[listener.pk].over:
                self.remove(listener)

    def _positions_due(self, listeners: list[Listener]) -> bool:
        """Now and then, and at once for somebody new."""
        now = time.monotonic()
        due = now >= self.positions_at or any(listener.after == 0 for listener in listeners)
        if due:
            self.positions_at = now + POSITION_SECONDS
        return due


_broadcasters: "WeakKeyDictionary[asyncio.AbstractEventLoop, Broadcaster]" = WeakKeyDictionary()


def broadcaster() -> Broadcaster:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _broadcasters:
        _broadcasters[loop] = Broadcaster()
    return _broadcasters[loop]


def open_streams() -> int:
    """How many browsers this process keeps up to date."""
    return sum(len(hub.listeners) for hub in list(_broadcasters.values()))


def listen(pk: UUID, after: int) -> AsyncIterator[str]:
    """Everything that happens to a submission after event `after`, until it is finished; raises Full."""
    listener = Listener(pk, after)
    hub = broadcaster()
    hub.add(listener)
    return _frames(hub, listener)


async def _frames(hub: Broadcaster, listener: Listener) -> AsyncIterator[str]:
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while True:
            try:
                item = await asyncio.wait_for(listener.frames.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if item is None:
                return
            yield item
    finally:
        hub.remove(listener)
