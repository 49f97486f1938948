"""One port for pages and event streams: pages run as WSGI in a thread pool, streams in the event loop.

Django's own sync-in-async path takes 1.4 to 3.7 times as long as a thread pool (`./dev bench web`), while a
stream of server-sent events must not hold one of these threads: `grader.handover`.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_wsgi: Any = WSGIMiddleware(get_wsgi_application(), workers=16)  # type: ignore[arg-type]

from grader.handover import Streams  # noqa: E402 -- the models are there now

_pages = Streams(_wsgi)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Route one ASGI connection."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    return await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
