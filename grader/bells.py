"""Tell a web process that events were written, sooner than it would find out by looking now and then.

PostgreSQL tells by LISTEN and NOTIFY: a trigger on the table of events (migration 0006) hands each new
event over when its transaction is committed, so that a browser gets it without a query. SQLite is asked
every few milliseconds for its number of changes, which costs next to nothing. A bell may miss a ring: who
listens to one still looks at the rows now and then.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection
from psycopg import sql

log = logging.getLogger(__name__)

CHANNEL = "grader_events"
LOOK_SECONDS = 0.02  # SQLite
AGAIN_SECONDS = 2.0  # after a lost connection
HANDED_OVER = ("submission", "seq", "kind", "payload")


@dataclass(frozen=True)
class Ring:
    """Something was written: one event, or with `pk` None anything."""

    pk: UUID | None = None
    seq: int = 0
    kind: str = ""
    payload: dict[str, Any] | None = None


Heard = Callable[[Ring], None]


class Bell:
    """Calls `heard` for each ring while `run` runs, which is until it is cancelled."""

    linger_seconds = 0.0  # how long it may go on when nobody needs it: starting again has its price

    def __init__(self, executor: Executor, heard: Heard) -> None:
        self.executor = executor
        self.heard = heard
        self.works = False  # at the moment

    async def run(self) -> None:
        """Start again after whatever goes wrong with the database."""
        while True:
            try:
                await self._listen()
            except (DatabaseError, psycopg.Error, OSError) as error:
                log.warning("events are looked for instead of listened to: %s", error)
            self.works = False
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self) -> None:
        raise NotImplementedError


class PostgresBell(Bell):
    """Holds one connection of its own."""

    linger_seconds = 60.0

    async def _listen(self) -> None:
        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context"):  # Django's own, for its own connections
            parameters.pop(name, None)
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listening:
            await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self.works = True
            self.heard(Ring())  # whatever was written before
            async for note in listening.notifies():
                self.heard(read(note.payload))


def read(text: str) -> Ring:
    """A notification as the trigger writes it; a long one says only whose event it is."""
    given = json.loads(text)
    pk = UUID(given["submission"])
    if not all(name in given for name in HANDED_OVER):
        return Ring(pk)
    return Ring(pk, given["seq"], given["kind"], given["payload"])


class SqliteBell(Bell):
    """Asks for the number that changes whenever another connection has committed."""

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        known = 0
        while True:
            version = await loop.run_in_executor(self.executor, _data_version)
            self.works = True
            if version != known:
                known = version
                self.heard(Ring())
            await asyncio.sleep(LOOK_SECONDS)


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


BELLS: dict[str, type[Bell]] = {"postgresql": PostgresBell, "sqlite": SqliteBell}


def bell(executor: Executor, heard: Heard) -> Bell | None:
    """The bell of the database in use; None where there is none."""
    kind = BELLS.get(connection.vendor)
    return kind(executor, heard) if kind else None
