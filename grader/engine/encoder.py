"""Values to bytes, on both sides.

Written for speed, since each call of a candidate's function passes here four times: one pass, one list of
parts, no call a scalar.
"""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.engine.values import (
    DTYPE_CODES,
    MAX_DEPTH,
    MAX_DICT,
    MAX_DICT_WORK,
    MAX_GAP_BYTES,
    MAX_INT_BYTES,
    MAX_NAME,
    MAX_NODES,
    MAX_RANK,
    PACKED,
    STRIDED,
    Generator,
    Handle,
    Opaque,
    TensorValue,
    TooLarge,
    WireError,
    gap_bytes,
    is_key,
    packed_strides,
    strides_of,
)

Buffer = bytes | bytearray | memoryview
_count, _u64 = struct.Struct("<cI").pack, struct.Struct("<Q").pack
_int, _float, _complex = struct.Struct("<cq").pack, struct.Struct("<cd").pack, struct.Struct("<cdd").pack
_HEADS = [struct.Struct(f"<cBBB{rank}q") for rank in range(2 * MAX_RANK + 1)]  # of an array
COPIED_BYTES = 65536  # larger arrays are sent from where they lie


class Encoder:
    """Turns one value into bytes; `reduce` maps foreign objects to wire values or gives None."""

    def __init__(self, reduce: Callable[[Any], Any] | None = None, limit: int | None = None) -> None:
        self.parts: list[Buffer] = []
        self.size = 0  # of strings and arrays; the rest is bounded by the number of nodes
        self.nodes = 0
        self.dict_work = 0
        self.gap_bytes = 0
        self.limit = limit
        self.reduce = reduce

    def encode(self, value: Any, depth: int = 0) -> None:
        kind = type(value)
        put = self.parts.append
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            self._refuse_structure()
        if kind is str:
            self._raw(b"s", value.encode("utf-8", "backslashreplace"))
        elif kind is np.ndarray:
            self._array(value)
        elif value is None:
            put(b"N")
        elif kind is bool:
            put(b"T" if value else b"F")
        elif kind is int and -(2**63) <= value < 2**63:
            put(_int(b"i", value))
        elif kind is float:
            put(_float(b"f", value))
        elif kind is tuple or kind is list:
            put(_count(b"t" if kind is tuple else b"l", len(value)))
            for item in value:
                self.encode(item, depth + 1)
        elif kind is dict:
            self._dict(value, depth)
        else:
            self._rare(value, depth)

    def _refuse_structure(self) -> None:
        if self.nodes > MAX_NODES:
            raise TooLarge(
                f"the result has more than {MAX_NODES:,} parts; return an array instead of a nested list"
            )
        raise TooLarge(f"the result is nested deeper than {MAX_DEPTH} levels")

    def _put_large(self, data: Buffer) -> None:
        self.size += len(data)
        if self.limit is not None and self.size > self.limit:
            raise TooLarge(f"the result is larger than the limit of {self.limit:,} bytes")
        self.parts.append(data)

    def _raw(self, tag: bytes, data: bytes) -> None:
        if len(data) >= 2**32:
            raise TooLarge("a string or bytes object is larger than 4 GiB")
        self._put_large(_count(tag, len(data)) + data)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        self.dict_work += len(value) ** 2
        if len(value) > MAX_DICT or self.dict_work > MAX_DICT_WORK:
            raise TooLarge(f"a dict has more than {MAX_DICT:,} entries, or several large ones have")
        self.parts.append(_count(b"d", len(value)))
        for key, item in value.items():
            if not is_key(key):
                key = f"<{type(key).__name__}>"
            self.encode(key, depth + 1)
            self.encode(item, depth + 1)

    def _array(self, value: np.ndarray) -> None:
        code, shape = DTYPE_CODES.get(value.dtype), value.shape
        if code is None:
            value = value.astype(value.dtype.newbyteorder("=")) if value.dtype.kind in "biufc" else value
            code = DTYPE_CODES.get(value.dtype)
        if code is None or len(shape) > MAX_RANK:
            self._rare(Opaque(f"ndarray of {value.ndim} dimensions and dtype {value.dtype}"), 0)
            return
        layout: tuple[int, ...] = ()
        if not value.flags.c_contiguous:
            layout = self._layout(value)
        fields = shape + layout
        self.parts.append(
            _HEADS[len(fields)].pack(b"a", code, len(shape), STRIDED if layout else PACKED, *fields)
        )
        if value.nbytes <= COPIED_BYTES:
            self._put_large(value.tobytes())
        else:
            self._put_large(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)

    def _layout(self, value: np.ndarray) -> tuple[int, ...]:
        """Strides; none for C order and where they would take too much memory on the other side."""
        strides = strides_of(value)
        gaps = gap_bytes(value.shape, strides, value.itemsize) if value.size else 0
        if strides == packed_strides(value.shape) or self.gap_bytes + gaps > MAX_GAP_BYTES:
            return ()
        self.gap_bytes += gaps
        return strides

    # What comes up less often

    def _rare(self, value: Any, depth: int) -> None:
        method = _RARE.get(type(value))
        if method is None:
            value, method = self._foreign(value)
        method(self, value, depth)

    def _foreign(self, value: Any) -> tuple[Any, Callable[..., None]]:
        """A value of no wire type: a subclass of one is sent as its base, others by `reduce`."""
        if isinstance(value, np.ndarray):
            return np.asarray(value), Encoder.encode
        if isinstance(value, np.generic):
            return value, Encoder._scalar
        reduced = self.reduce(value) if self.reduce else None
        if reduced is not None:
            return reduced, _RARE[type(reduced)]
        bases: tuple[Any, ...] = (int, float, complex, str, bytes, list, tuple, dict)
        for base in bases:
            if isinstance(value, base):
                return base(value), Encoder.encode
        raise WireError(f"a {type(value).__name__} cannot be sent")

    def _large_int(self, value: int, depth: int) -> None:
        if value.bit_length() < 8 * MAX_INT_BYTES:
            length = value.bit_length() // 8 + 1
            self._raw(b"I", value.to_bytes(length, "little", signed=True))
        else:
            self._opaque(Opaque(f"int of {value.bit_length()} bits"), depth)

    def _complex(self, value: complex, depth: int) -> None:
        self.parts.append(_complex(b"c", value.real, value.imag))

    def _bytes(self, value: bytes, depth: int) -> None:
        self._raw(b"b", value)

    def _name(self, text: str) -> None:
        self._raw(b"s", text[:MAX_NAME].encode("utf-8", "backslashreplace"))

    def _scalar(self, value: np.generic, depth: int) -> None:
        if value.dtype.newbyteorder("=") not in DTYPE_CODES:
            self._opaque(Opaque(f"numpy.{value.dtype.name}"), depth)
            return
        self.parts.append(b"n")
        self._array(np.asarray(value))

    def _tensor(self, value: TensorValue, depth: int) -> None:
        if value.array.dtype.newbyteorder("=") not in DTYPE_CODES or value.array.ndim > MAX_RANK:
            raise WireError(f"a tensor of dtype {value.dtype} and rank {value.array.ndim} cannot be sent")
        self.parts.append(b"xT" if value.requires_grad else b"xF")
        self._name(value.device)
        self._name(value.dtype)
        self._array(value.array)

    def _handle(self, value: Handle, depth: int) -> None:
        self.parts.append(b"h" + _u64(value.id))
        self._name(value.type_name)

    def _opaque(self, value: Opaque, depth: int) -> None:
        self.parts.append(b"o")
        self._name(value.type_name)

    def _generator(self, value: Generator, depth: int) -> None:
        self.parts.append(b"g" + _u64(value.id) + value.seed.to_bytes(16, "little"))
        self._name(value.kind)


_RARE: dict[type, Callable[..., None]] = {
    int: Encoder._large_int,
    complex: Encoder._complex,
    bytes: Encoder._bytes,
    TensorValue: Encoder._tensor,
    Handle: Encoder._handle,
    Opaque: Encoder._opaque,
    Generator: Encoder._generator,
}
