"""A learner's browser as the server sees it: kept-alive HTTP/1.1, form posts, server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

CSRF = "x" * 32  # a browser sends the same secret as cookie and in the form
BOUNDARY = "----benchmark"


class Unexpected(Exception):
    """The server answered something else than this benchmark can use."""


@dataclass
class Answer:
    """Status and headers of a response whose body is still to be read."""

    status: int
    headers: dict[str, str]


@dataclass
class Browser:
    """One learner, logged in, with one connection that is opened again when the server has closed it."""

    port: int
    session: str
    reader: asyncio.StreamReader | None = field(default=None, repr=False)
    writer: asyncio.StreamWriter | None = field(default=None, repr=False)

    async def post(self, path: str, **fields: str) -> tuple[int, bytes]:
        """Send a form as `fetch` does with FormData."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"csrfmiddlewaretoken": CSRF, **fields}.items()
        ]
        body = ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
        answer = await self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")
        return answer.status, await self._body(answer)

    async def get(self, path: str) -> tuple[int, bytes]:
        answer = await self._ask("GET", path)
        return answer.status, await self._body(answer)

    async def events(self, path: str) -> AsyncIterator[tuple[str, dict[str, Any], float]]:
        """Kind, payload and time of arrival of every event, until the server ends the stream."""
        answer = await self._ask("GET", path)
        if answer.status != 200:
            raise Unexpected(f"{path}: status {answer.status}")
        text = ""
        async for chunk in self._chunks():
            at = time.time()
            text += chunk.decode()
            while "\n\n" in text:
                event, text = text.split("\n\n", 1)
                lines = dict(line.partition(": ")[::2] for line in event.splitlines())
                if "event" in lines:
                    yield lines["event"], json.loads(lines["data"]), at

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    # HTTP

    async def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        head = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            "Accept: application/json",
            "X-Requested-With: fetch",
            f"Cookie: sessionid={self.session}; csrftoken={CSRF}",
        ]
        if body:
            head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return await self._send("\r\n".join([*head, "", ""]).encode() + body)

    async def _send(self, request: bytes) -> Answer:
        """Send on the open connection; once more on a new one when the server has closed that."""
        if self.writer is not None:
            try:
                return await self._exchange(request)
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                if getattr(error, "partial", b""):
                    raise
        self.close()
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return await self._exchange(request)

    async def _exchange(self, request: bytes) -> Answer:
        assert self.reader is not None
        assert self.writer is not None
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        return Answer(int(head[0].split()[1]), headers)

    async def _body(self, answer: Answer) -> bytes:
        assert self.reader is not None
        if answer.headers.get("transfer-encoding") == "chunked":
            return b"".join([chunk async for chunk in self._chunks()])
        return await self.reader.readexactly(int(answer.headers.get("content-length", "0")))

    async def _chunks(self) -> AsyncIterator[bytes]:
        assert self.reader is not None
        while True:
            size = int(await self.reader.readline(), 16)
            data = await self.reader.readexactly(size + 2)
            if not size:
                return
            yield data[:-2]
