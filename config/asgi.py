"""Two ways in, one port: event streams are served by Django's async handler, everything else as WSGI.

Django's own sync-in-async path takes 1.4 to 3.7 times as long as a thread pool (`./dev bench web`), while a
stream of server-sent events must not hold one of these threads.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

async_pages = get_asgi_application()
_wsgi: Any = get_wsgi_application()
_pages = WSGIMiddleware(_wsgi, workers=16)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Route one ASGI connection."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    handler: Any = async_pages if scope["path"].endswith("/events") else _pages
    return await handler(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
