"""The trusted end of a channel to a candidate's process: one request, one reply, within a deadline.

Everything that arrives here was written by hostile code. A reply must carry the nonce of the request that
it answers, so that none can be sent ahead of its question.
"""

import secrets
import select
import socket
import time
from typing import Any

from grader.engine import wire


class Silent(Exception):
    """The deadline passed."""


class Gone(Exception):
    """The other side closed the channel; how its process ended says why."""


class Forged(Exception):
    """Bytes came that the dispatch loop would never write."""


class Oversized(Exception):
    """A reply announces more bytes than allowed."""


OVERHEAD = 1024 * 1024  # what a reply may hold beside its result: names, a traceback
BUFFER_BYTES = 65536  # most replies come whole in one read of this size


class Channel:
    """Frames over a connected stream socket."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.buffer = bytearray(BUFFER_BYTES)
        self.readable, self.writable = select.poll(), select.poll()
        self.readable.register(sock, select.POLLIN)
        self.writable.register(sock, select.POLLOUT)

    def close(self) -> None:
        self.sock.close()

    def tell(self, kind: int, value: Any, deadline: float) -> None:
        """Send a frame that has no answer."""
        self._send(wire.frame(kind, bytes(8), *wire.encode_parts(value)), deadline)

    def ask(self, kind: int, value: Any, *, seconds: float, limit: int) -> tuple[int, Any, float]:
        """Kind and value of the answer, and the seconds between the first byte out and the last byte in."""
        self._must_be_quiet()
        nonce = secrets.token_bytes(8)
        message = wire.frame(kind, nonce, *wire.encode_parts(value))
        start = time.perf_counter()
        deadline = start + seconds
        self._send(message, deadline)
        answer, body = self.receive(nonce, deadline, limit)
        elapsed = time.perf_counter() - start
        return answer, _decoded(body), elapsed

    def greeting(self, seconds: float) -> str:
        """What a new child says about itself: nothing when it is ready, else what went wrong."""
        try:
            kind, body = self.receive(bytes(8), time.perf_counter() + seconds, limit=0)
        except (Silent, Forged, Oversized) as error:
            return f"it did not report ready: {error}"
        return "" if kind == wire.READY else str(_decoded(body))

    def receive(self, nonce: bytes, deadline: float, limit: int) -> tuple[int, memoryview]:
        """The next frame's kind and body; the body is good until the next call."""
        view = memoryview(self.buffer)
        have = 0
        while have < wire.HEADER.size:
            have += self._read(view[have:], deadline)
        try:
            kind, echoed, length = wire.parse_header(view[: wire.HEADER.size])
        except wire.WireError as error:
            raise Forged("something other than a frame was written to the channel") from error
        if echoed != nonce or kind < wire.DONE:
            raise Forged("a frame came that answers no question")
        if length > (limit if kind == wire.DONE else 0) + OVERHEAD:
            raise Oversized(f"the result is larger than the limit of {limit:,} bytes")
        whole = wire.HEADER.size + length
        if have > whole:
            raise Forged("more came than the answer")
        if whole > len(view):
            longer = memoryview(bytearray(whole))
            longer[:have] = view[:have]
            view = longer
        while have < whole:
            have += self._read(view[have:whole], deadline)
        return kind, view[wire.HEADER.size : whole]

    def _must_be_quiet(self) -> None:
        """Between a reply and the next request nothing may arrive."""
        try:
            data = self.sock.recv(1)
        except BlockingIOError:
            return
        except ConnectionResetError as error:
            raise Gone from error
        if data:
            raise Forged("a frame was written before there was a question")
        raise Gone

    def _wait(self, event: select.poll, deadline: float) -> None:
        remaining = deadline - time.perf_counter()
        if remaining <= 0:
            raise Silent
        event.poll(remaining * 1000 + 1)

    def _send(self, message: bytes, deadline: float) -> None:
        rest = memoryview(message)
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except BlockingIOError:
                self._wait(self.writable, deadline)
            except (BrokenPipeError, ConnectionResetError) as error:
                raise Gone from error

    def _read(self, view: memoryview, deadline: float) -> int:
        """Some bytes, at least one."""
        while True:
            self._wait(self.readable, deadline)
            try:
                count = self.sock.recv_into(view)
            except BlockingIOError:
                continue
            except ConnectionResetError as error:
                raise Gone from error
            if count == 0:
                raise Gone
            return count


def _decoded(body: memoryview) -> Any:
    try:
        return wire.decode(body)
    except wire.WireError as error:
        raise Forged(f"a malformed reply: {error}") from error
