"""How values and messages travel between the trusted side and the candidate's process.

A frame is a 24-byte header (magic, kind, 8 bytes of nonce, length) and one encoded value. Encoded values
are a tag byte and fixed-width little-endian fields. Nothing is pickled, and nothing is allocated before
the bytes that it needs have been seen to be there: every count is checked against the bytes that remain,
every array's size against dtype and shape. `WireError` is raised for anything else; on the trusted side
it means that the candidate forged a frame.
"""

import struct
from collections.abc import Callable
from typing import Any

from grader.engine.decoder import Decoder
from grader.engine.encoder import Buffer, Encoder
from grader.engine.values import MAX_NAME, Generator, Handle, Opaque, TensorValue, TooLarge, WireError

__all__ = [
    "MAX_NAME",
    "Buffer",
    "Generator",
    "Handle",
    "Opaque",
    "TensorValue",
    "TooLarge",
    "WireError",
    "decode",
    "encode",
    "encode_parts",
]

MAGIC = b"STRD"
HEADER = struct.Struct("<4sB3x8sQ")

# Kinds of frames. Requests are below 64, replies above.
LOAD, CALL, ATTRIBUTE, PROVIDE, CONFIGURE = 1, 2, 3, 4, 5
DONE, RAISED, INVALID, LIMIT, READY, BROKEN = 65, 66, 67, 68, 69, 70


def encode(value: Any, *, reduce: Callable[[Any], Any] | None = None, limit: int | None = None) -> bytes:
    """The bytes of one value; `TooLarge` above `limit` bytes."""
    return b"".join(encode_parts(value, reduce=reduce, limit=limit))


def encode_parts(
    value: Any, *, reduce: Callable[[Any], Any] | None = None, limit: int | None = None
) -> list[Buffer]:
    """The same in pieces, so that large arrays need not be copied."""
    encoder = Encoder(reduce, limit)
    encoder.encode(value)
    return encoder.parts


def decode(data: bytes | bytearray | memoryview, *, revive: Callable[[Any], Any] | None = None) -> Any:
    """The one value that these bytes hold; `WireError` for anything else."""
    return Decoder(data, revive).whole()


def frame(kind: int, nonce: bytes, *body: Buffer) -> bytes:
    """Header and body in one piece."""
    return b"".join((HEADER.pack(MAGIC, kind, nonce, sum(map(len, body))), *body))


def parse_header(data: Buffer) -> tuple[int, bytes, int]:
    """Kind, nonce and length of the body that follows."""
    magic, kind, nonce, length = HEADER.unpack(data)
    if magic != MAGIC:
        raise WireError("not a frame")
    return kind, nonce, length
