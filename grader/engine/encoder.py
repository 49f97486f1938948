"""Values to bytes, on both sides."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.engine.values import (
    DTYPE_CODES,
    MAX_DEPTH,
    MAX_DICT,
    MAX_DICT_WORK,
    MAX_INT_BYTES,
    MAX_NAME,
    MAX_NODES,
    MAX_RANK,
    Generator,
    Handle,
    Opaque,
    TensorValue,
    TooLarge,
    WireError,
    is_key,
    strides_of,
)

_U32, _U64, _I64, _F64, _C128 = (struct.Struct(f"<{c}") for c in ("I", "Q", "q", "d", "dd"))


class Encoder:
    """Turns one value into bytes; `reduce` maps foreign objects to wire values or gives None."""

    def __init__(self, reduce: Callable[[Any], Any] | None = None, limit: int | None = None) -> None:
        self.parts: list[bytes | memoryview] = []
        self.size = 0
        self.nodes = 0
        self.dict_work = 0
        self.limit = limit
        self.reduce = reduce

    def joined(self) -> bytes:
        return b"".join(self.parts)

    def put(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        if self.limit is not None and self.size > self.limit:
            raise TooLarge(f"the result is larger than the limit of {self.limit:,} bytes")
        self.parts.append(data)

    def encode(self, value: Any, depth: int = 0) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(
                f"the result has more than {MAX_NODES:,} parts; return an array instead of a nested list"
            )
        if depth > MAX_DEPTH:
            raise TooLarge(f"the result is nested deeper than {MAX_DEPTH} levels")
        method = _ENCODERS.get(type(value))
        if method is None:
            value, method = self._foreign(value)
        method(self, value, depth)

    def _foreign(self, value: Any) -> tuple[Any, Callable[..., None]]:
        """A value of no wire type: a subclass of one is sent as its base, others by `reduce`."""
        if isinstance(value, np.ndarray):
            return np.asarray(value), Encoder._array
        if isinstance(value, np.generic):
            return value, Encoder._scalar
        reduced = self.reduce(value) if self.reduce else None
        if reduced is not None:
            return reduced, _ENCODERS[type(reduced)]
        bases: tuple[Any, ...] = (int, float, complex, str, bytes, list, tuple, dict)
        for base in bases:
            if isinstance(value, base):
                return base(value), _ENCODERS[base]
        raise WireError(f"a {type(value).__name__} cannot be sent")

    def _none(self, value: None, depth: int) -> None:
        self.put(b"N")

    def _bool(self, value: bool, depth: int) -> None:
        self.put(b"T" if value else b"F")

    def _int(self, value: int, depth: int) -> None:
        if -(2**63) <= value < 2**63:
            self.put(b"i" + _I64.pack(value))
        elif value.bit_length() < 8 * MAX_INT_BYTES:
            length = value.bit_length() // 8 + 1
            self.put(b"I" + _U32.pack(length) + value.to_bytes(length, "little", signed=True))
        else:
            self._opaque(Opaque(f"int of {value.bit_length()} bits"), depth)

    def _float(self, value: float, depth: int) -> None:
        self.put(b"f" + _F64.pack(value))

    def _complex(self, value: complex, depth: int) -> None:
        self.put(b"c" + _C128.pack(value.real, value.imag))

    def _raw(self, tag: bytes, data: bytes) -> None:
        if len(data) >= 2**32:
            raise TooLarge("a string or bytes object is larger than 4 GiB")
        self.put(tag + _U32.pack(len(data)))
        self.put(data)

    def _str(self, value: str, depth: int) -> None:
        self._raw(b"s", value.encode("utf-8", "backslashreplace"))

    def _bytes(self, value: bytes, depth: int) -> None:
        self._raw(b"b", value)

    def _items(self, tag: bytes, items: list[Any] | tuple[Any, ...], depth: int) -> None:
        self.put(tag + _U32.pack(len(items)))
        for item in items:
            self.encode(item, depth + 1)

    def _list(self, value: list[Any], depth: int) -> None:
        self._items(b"l", value, depth)

    def _tuple(self, value: tuple[Any, ...], depth: int) -> None:
        self._items(b"t", value, depth)

    def _dict(self, value: dict[Any, Any], depth: int) -> None:
        self.dict_work += len(value) ** 2
        if len(value) > MAX_DICT or self.dict_work > MAX_DICT_WORK:
            raise TooLarge(f"a dict has more than {MAX_DICT:,} entries, or several large ones have")
        self.put(b"d" + _U32.pack(len(value)))
        for key, item in value.items():
            if not is_key(key):
                key = f"<{type(key).__name__}>"
            self.encode(key, depth + 1)
            self.encode(item, depth + 1)

    def _array(self, value: np.ndarray, depth: int) -> None:
        dtype = value.dtype.newbyteorder("=")
        if dtype not in DTYPE_CODES or value.ndim > MAX_RANK:
            self._opaque(Opaque(f"ndarray of {value.ndim} dimensions and dtype {value.dtype}"), depth)
            return
        strides = strides_of(value)
        shape = value.shape
        self.put(
            b"a"
            + bytes([DTYPE_CODES[dtype], value.ndim])
            + struct.pack(f"<{2 * len(shape)}q", *shape, *strides)
        )
        data = np.ascontiguousarray(value, dtype=dtype)
        self.put(data.reshape(-1).view(np.uint8).data if data.size else b"")

    def _scalar(self, value: np.generic, depth: int) -> None:
        if value.dtype.newbyteorder("=") not in DTYPE_CODES:
            self._opaque(Opaque(f"numpy.{value.dtype.name}"), depth)
            return
        self.put(b"n")
        self._array(np.asarray(value), depth)

    def _tensor(self, value: TensorValue, depth: int) -> None:
        self.put(b"x" + (b"T" if value.requires_grad else b"F"))
        self._str(value.device[:MAX_NAME], depth)
        self._str(value.dtype[:MAX_NAME], depth)
        if value.array.dtype.newbyteorder("=") not in DTYPE_CODES or value.array.ndim > MAX_RANK:
            raise WireError(f"a tensor of dtype {value.dtype} and rank {value.array.ndim} cannot be sent")
        self._array(value.array, depth)

    def _handle(self, value: Handle, depth: int) -> None:
        self.put(b"h" + _U64.pack(value.id))
        self._str(value.type_name[:MAX_NAME], depth)

    def _opaque(self, value: Opaque, depth: int) -> None:
        self.put(b"o")
        self._str(value.type_name[:MAX_NAME], depth)

    def _generator(self, value: Generator, depth: int) -> None:
        self.put(b"g" + _U64.pack(value.id) + value.seed.to_bytes(16, "little"))
        self._str(value.kind, depth)


_ENCODERS: dict[type, Callable[..., None]] = {
    type(None): Encoder._none,
    bool: Encoder._bool,
    int: Encoder._int,
    float: Encoder._float,
    complex: Encoder._complex,
    str: Encoder._str,
    bytes: Encoder._bytes,
    list: Encoder._list,
    tuple: Encoder._tuple,
    dict: Encoder._dict,
    np.ndarray: Encoder._array,
    TensorValue: Encoder._tensor,
    Handle: Encoder._handle,
    Opaque: Encoder._opaque,
    Generator: Encoder._generator,
}
