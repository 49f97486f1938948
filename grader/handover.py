"""From a page's thread to the event loop: a view decides who may follow a submission, the loop streams.

A stream of server-sent events lasts long and must not hold a thread. Django's asynchronous handler would
serve it, but takes several times as long as a thread of the pool to find the session and the row, and opens
a database connection each time. So the view is an ordinary one; instead of a body it leaves a note in the
ASGI scope, and `Streams` puts the frames in the place of the empty body.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from grader import streams

NOTE = "grader.stream"
FULL = b"Too many open streams; try again soon."

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


def stream(request: HttpRequest, pk: UUID, after: int) -> bool:
    """Have the events after number `after` sent as the body of this request's answer.

    False where no event loop serves the request: its server speaks plain WSGI.
    """
    scope = request.META.get("asgi.scope")
    if scope is None:
        return False
    if request.method != "HEAD":  # which wants no body
        scope[NOTE] = (pk, after)
    return True


class Streams:
    """ASGI: passes pages on, and streams where a view has left a note."""

    def __init__(self, pages: Application) -> None:
        self.pages = pages

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        start: Message | None = None

        async def pass_on(message: Message) -> None:
            nonlocal start
            if NOTE in scope and message["type"] == "http.response.start" and message["status"] == 200:
                start = message  # and no body yet: the frames are still to come
            elif start is None:
                await send(message)

        await self.pages(scope, receive, pass_on)
        if start is not None:
            pk, after = scope[NOTE]
            await _answer(start, pk, after, receive, send)


async def _answer(start: Message, pk: UUID, after: int, receive: Receive, send: Send) -> None:
    kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    try:
        frames = streams.listen(pk, after)
    except streams.Full:
        headers = [(name, value) for name, value in kept if name.lower() != b"content-type"]
        headers += [(b"retry-after", b"5"), (b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": FULL})
        return
    await send({**start, "headers": kept})
    sending = asyncio.ensure_future(_send_all(frames, send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_all(frames: AsyncIterator[str], send: Send) -> None:
    async with aclosing(frames) as parts:  # type: ignore[type-var]
        async for part in parts:
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Return when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
