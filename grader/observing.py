"""Middleware that sees a request from outside: gives it an id, counts it, and logs what changes or fails.

Reading a page is logged at DEBUG only: on a busy site those lines are most of the log and say the least.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, reset_contextvars

from grader import metrics

log = logging.getLogger("grader.requests")

HEADER = "X-Request-ID"
PROXY_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
PROBES = {"healthz", "readyz", "metrics"}
SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}


def request_id(request: HttpRequest) -> str:
    """That of the proxy in front, if it looks like one; else a new one."""
    given = request.headers.get(HEADER, "")
    return given if PROXY_ID.fullmatch(given) else uuid4().hex


def view_name(request: HttpRequest) -> str:
    """The name of the address's pattern: few values, whatever people ask for."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "unmatched"


class RequestObserver:
    """For pages (WSGI) and event streams (ASGI) alike."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._later(request)
        begun, name = time.perf_counter(), request_id(request)
        bound = bind_contextvars(request_id=name)
        try:
            return self._seen(request, self.get_response(request), name, begun)
        finally:
            reset_contextvars(**bound)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        begun, name = time.perf_counter(), request_id(request)
        bound = bind_contextvars(request_id=name)
        try:
            return self._seen(request, await self.get_response(request), name, begun)
        finally:
            reset_contextvars(**bound)

    def _seen(
        self, request: HttpRequest, response: HttpResponseBase, name: str, begun: float
    ) -> HttpResponseBase:
        seconds = time.perf_counter() - begun
        view, status = view_name(request), response.status_code
        response[HEADER] = name
        metrics.count_request(view, _method(request), status, seconds)
        level = _level(view, _method(request), status)
        if log.isEnabledFor(level):
            facts = {"method": _method(request), "path": request.path[:200], "view": view}
            log.log(level, "request", extra={**facts, "status": status, "seconds": round(seconds, 4)})
        return response


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "OTHER"


def _level(view: str, method: str, status: int) -> int:
    if status >= 500 and view not in PROBES:
        return logging.ERROR
    if view in PROBES or (method in SAFE and status < 400):
        return logging.DEBUG
    return logging.INFO
