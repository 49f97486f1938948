"""Messages between trusted processes: JSON in one packet of a Unix socket, with descriptors beside it."""

import array
import contextlib
import json
import os
import socket
import time
from typing import Any

PACKET_BYTES = 65536
MAX_DESCRIPTORS = 4
RETRY_SECONDS = 0.005


class Closed(Exception):
    """The other end is gone."""


def connect(path: str, seconds: float) -> socket.socket:
    """A connection to the runner that listens there; OSError where none does."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    deadline = time.monotonic() + seconds
    try:
        sock.settimeout(seconds)
        while not _connected(sock, path, deadline):
            time.sleep(RETRY_SECONDS)
    except OSError:
        sock.close()
        raise
    return sock


def _connected(sock: socket.socket, path: str, deadline: float) -> bool:
    """False while too many others are waiting to be accepted."""
    try:
        sock.connect(path)
    except BlockingIOError:
        if time.monotonic() > deadline:
            raise
        return False
    return True


def send(sock: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one message; the caller keeps its own copies of the descriptors."""
    data = json.dumps(message).encode()
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    try:
        sock.sendmsg([data], ancillary)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed from error


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message and the descriptors that came with it."""
    try:
        data, ancillary, _, _ = sock.recvmsg(PACKET_BYTES, socket.CMSG_SPACE(4 * MAX_DESCRIPTORS))
    except ConnectionResetError as error:
        raise Closed from error
    descriptors = _descriptors(ancillary)
    if not data:
        _close_all(descriptors)
        raise Closed
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        _close_all(descriptors)
        raise Closed from error
    if not isinstance(message, dict):
        _close_all(descriptors)
        raise Closed
    return message, descriptors


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> list[int]:
    found = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(data[: len(data) - len(data) % found.itemsize])
    return list(found)


def _close_all(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
