"""Server-sent events for any number of browsers with few database queries.

Each web process has one `Broadcaster`. While somebody listens it hears of new events from the database's
bell (`grader.bells`) and looks at the watched rows, in one thread with one database connection: at once for
who has just come, after a ring that did not bring the next event itself, and now and then for what a bell
missed. What is new goes to each listener's queue; a listener holds no connection and no thread. A stream
can be resumed anywhere, because every event is a numbered row.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DatabaseError, close_old_connections

from grader import bells
from grader.bells import Bell, Ring
from grader.models import Submission, SubmissionEvent

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # at everybody's rows, and at the places in the queue
LOOK_WITHOUT_BELL_SECONDS = 0.1
KEEP_ALIVE_SECONDS = 15
RETRY_MILLISECONDS = 2000  # how soon a browser comes back after a lost connection
MAX_LISTENERS = 2000
MAX_POSITIONS = 5000  # behind that place in the queue no position is told
CHUNK = 500  # submissions a query
RENEW_SECONDS = 5  # after which the poller's connection is tried before it is used
LAST = {SubmissionEvent.Kind.FINISHED, SubmissionEvent.Kind.REGRADED}


@dataclass(frozen=True)
class Update:
    """What happened to one submission since its listeners last heard of it."""

    events: list[SubmissionEvent]
    position: int | None
    over: bool
    seq: int = 0  # the number of the newest event when this was read


def frame(kind: str, payload: dict[str, Any], seq: int | None = None) -> str:
    """One event in the format of server-sent events."""
    number = f"id: {seq}\n" if seq is not None else ""
    return f"{number}event: {kind}\ndata: {json.dumps(payload)}\n\n"


def poll(cursors: dict[UUID, int], with_positions: bool = True) -> dict[UUID, Update]:
    """Look what is new after the given event numbers; two or three queries a chunk, whatever the number."""
    updates: dict[UUID, Update] = {}
    for chunk in _chunks(cursors):
        rows = {row["pk"]: row for row in _states(chunk)}
        changed = {pk: cursors[pk] for pk in rows if rows[pk]["last_seq"] > cursors[pk]}
        events = _events(changed)
        queued = {row["queue"] for row in rows.values() if row["state"] == Submission.State.QUEUED}
        positions = _positions(queued) if with_positions and queued else {}
        for pk in chunk:
            row = rows.get(pk)
            over = row is None or row["state"] == Submission.State.FINISHED
            seq = row["last_seq"] if row else 0
            updates[pk] = Update(events.get(pk, []), positions.get(pk), over, seq)
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
    over: bool = False
    frames: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    def take(self, update: Update) -> None:
        for event in update.events:
            self.tell(event.seq, event.kind, event.payload)
        queued_still = self.after <= update.seq  # a bell may have told more while the rows were read
        if queued_still and update.position is not None and update.position != self.position:
            self.position = update.position
            self.frames.put_nowait(frame(SubmissionEvent.Kind.QUEUED, {"position": update.position}))
        if update.over:
            self.end()

    def tell(self, seq: int, kind: str, payload: dict[str, Any]) -> None:
        if seq > self.after and not self.over:
            self.after = seq
            self.frames.put_nowait(frame(kind, payload, seq))

    def end(self) -> None:
        if not self.over:
            self.over = True
            self.frames.put_nowait(None)


class Full(Exception):
    """Too many listeners in this process."""


class Broadcaster:
    """Listens to the database and looks at rows for all listeners of one event loop while there are any."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.due: set[Listener] = set()  # whose row is to be looked at as soon as possible
        self.awake = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="events")
        self.everybody_at = 0.0
        self.renew_at = 0.0

    def add(self, listener: Listener) -> None:
        if len(self.listeners) >= MAX_LISTENERS:
            raise Full
        self.listeners.add(listener)
        self._look_at([listener])
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        self.due.discard(listener)
        if not self.listeners:
            self.awake.set()

    def _look_at(self, listeners: Iterable[Listener]) -> None:
        self.due.update(listeners)
        self.awake.set()

    def hear(self, ring: Ring) -> None:
        """Pass an event on if it is a listener's next one; else have a look at the rows."""
        if ring.pk is None:
            self._look_at(self.listeners)
            return
        for listener in [listener for listener in self.listeners if listener.pk == ring.pk]:
            if ring.payload is None or ring.seq > listener.after + 1:
                self._look_at([listener])
                continue
            listener.tell(ring.seq, ring.kind, ring.payload)
            if ring.kind in LAST:
                listener.end()
                self.remove(listener)

    async def _run(self) -> None:
        bell = bells.bell(self.thread, self.hear)
        ringing = asyncio.ensure_future(bell.run()) if bell else None
        try:
            while await self._anybody(bell):
                pause = LOOK_SECONDS if bell and bell.works else LOOK_WITHOUT_BELL_SECONDS
                await self._look(pause)
                await self._sleep(pause)
        finally:
            if ringing:
                ringing.cancel()

    async def _anybody(self, bell: Bell | None) -> bool:
        """Whether somebody listens, or comes while the bell lingers."""
        if not self.listeners and bell and bell.works:
            self.awake.clear()
            await self._sleep(bell.linger_seconds)
        return bool(self.listeners)

    async def _sleep(self, seconds: float) -> None:
        """Until there is something to do."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.awake.wait(), seconds)

    async def _look(self, pause: float) -> None:
        """At who is due; after a pause at everybody, with their places."""
        self.awake.clear()
        everybody = time.monotonic() >= self.everybody_at
        listeners, self.due = (set(self.listeners) if everybody else self.due), set()
        if not listeners:
            return
        if everybody:
            self.everybody_at = time.monotonic() + pause
        try:
            await self._update(listeners, everybody or any(listener.after == 0 for listener in listeners))
        except DatabaseError:
            log.exception("events could not be read")
            self.renew_at = 0.0
            self.due |= listeners & self.listeners
            await asyncio.sleep(1)

    async def _update(self, listeners: set[Listener], with_positions: bool) -> None:
        cursors: dict[UUID, int] = {}
        for listener in listeners:
            cursors[listener.pk] = min(listener.after, cursors.get(listener.pk, listener.after))
        loop = asyncio.get_running_loop()
        if time.monotonic() >= self.renew_at:
            self.renew_at = time.monotonic() + RENEW_SECONDS
            await loop.run_in_executor(self.thread, close_old_connections)
        updates = await loop.run_in_executor(self.thread, poll, cursors, with_positions)
        for listener in listeners:
            listener.take(updates[listener.pk])
            if listener.over:
                self.remove(listener)


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
