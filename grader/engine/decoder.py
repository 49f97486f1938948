"""Bytes to values. What is read here may be hostile: nothing is believed before it has been checked."""

import struct
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from grader.engine.values import (
    DTYPES,
    MAX_DEPTH,
    MAX_DICT,
    MAX_DICT_WORK,
    MAX_GAP_BYTES,
    MAX_INT_BYTES,
    MAX_NAME,
    MAX_NODES,
    MAX_RANK,
    PACKED,
    SPREAD,
    STRIDED,
    Generator,
    Handle,
    Opaque,
    TensorValue,
    TooLarge,
    WireError,
    extent_of,
    gap_bytes,
    is_key,
    packed_strides,
    settled,
)

_u32, _u64, _i64, _f64 = (struct.Struct(f"<{kind}").unpack_from for kind in "IQqd")
_c128 = struct.Struct("<dd").unpack_from
_LENGTHS = [struct.Struct(f"<{rank}q").unpack_from for rank in range(2 * MAX_RANK + 1)]


class Decoder:
    """Reads one value from bytes; `revive` may turn tensors, handles and generators into live objects."""

    def __init__(
        self, data: bytes | bytearray | memoryview, revive: Callable[[Any], Any] | None = None
    ) -> None:
        self.data = memoryview(data)
        self.size = len(self.data)
        self.at = 0
        self.nodes = 0
        self.dict_work = 0
        self.gap_bytes = 0
        self.revive = revive or (lambda value: value)

    def whole(self) -> Any:
        """The one value that fills the data exactly."""
        try:
            value = self.decode()
        except struct.error as error:
            raise WireError("the data ends too early") from error
        if self.at != self.size:
            raise WireError(f"{self.size - self.at} bytes follow the value")
        return value

    def take(self, count: int) -> memoryview:
        """The next bytes; `count` may be any integer."""
        start, end = self.at, self.at + count
        if count < 0 or end > self.size:
            raise WireError("the data ends too early")
        self.at = end
        return self.data[start:end]

    def decode(self, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise TooLarge("too many parts, or nested too deeply")
        at = self.at
        if at >= self.size:
            raise WireError("the data ends too early")
        tag = self.data[at]
        self.at = at + 1
        method = _DECODERS.get(tag)
        if method is None:
            raise WireError(f"unknown tag {bytes([tag])!r}")
        return method(self, depth)

    def _count(self) -> int:
        count: int = _u32(self.data, self.at)[0]
        self.at += 4
        if count > self.size - self.at:
            raise WireError("a count exceeds the data that follows")
        return count

    def _int(self, depth: int) -> int:
        self.at += 8
        return _i64(self.data, self.at - 8)[0]

    def _big_int(self, depth: int) -> int:
        length = self._count()
        if length > MAX_INT_BYTES:
            raise TooLarge("an integer is too large")
        return int.from_bytes(self.take(length), "little", signed=True)

    def _float(self, depth: int) -> float:
        self.at += 8
        return _f64(self.data, self.at - 8)[0]

    def _complex(self, depth: int) -> complex:
        self.at += 16
        return complex(*_c128(self.data, self.at - 16))

    def _str(self, depth: int) -> str:
        try:
            return str(self.take(self._count()), "utf-8")
        except UnicodeDecodeError as error:
            raise WireError("a string is not UTF-8") from error

    def _bytes(self, depth: int) -> bytes:
        return bytes(self.take(self._count()))

    def _list(self, depth: int) -> list[Any]:
        return [self.decode(depth + 1) for _ in range(self._count())]

    def _tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple([self.decode(depth + 1) for _ in range(self._count())])

    def _dict(self, depth: int) -> dict[Any, Any]:
        count = self._count()
        self.dict_work += count * count
        if count > MAX_DICT or self.dict_work > MAX_DICT_WORK:
            raise TooLarge(f"a dict has more than {MAX_DICT:,} entries, or several large ones have")
        result = {}
        for _ in range(count):
            key = self.decode(depth + 1)
            if not is_key(key):
                raise WireError(f"a {type(key).__name__} is no dict key")
            result[key] = self.decode(depth + 1)
        return result

    def _array(self, depth: int) -> np.ndarray:
        code, rank, layout = self.take(3)
        if code >= len(DTYPES) or rank > MAX_RANK or layout not in (PACKED, STRIDED):
            raise WireError("unknown dtype or layout, or too many dimensions")
        shape = self._lengths(rank)
        strides = self._lengths(rank) if layout == STRIDED else None
        if rank and min(shape) < 0:
            raise WireError("a negative length")
        dtype = DTYPES[code]
        data = self.take(prod(shape) * dtype.itemsize)  # the sizes are Python integers: no overflow
        try:
            array = np.frombuffer(data, dtype).reshape(shape)
        except ValueError as error:  # an empty array whose other lengths are absurd
            raise WireError("an impossible shape") from error
        if strides is None or array.size == 0:
            return array.copy()
        strides = settled(shape, strides)
        if strides == packed_strides(shape):
            return array.copy()
        self.gap_bytes += gap_bytes(shape, strides, dtype.itemsize)
        if self.gap_bytes > MAX_GAP_BYTES:
            raise WireError("strides that span too much memory")
        return _spread(array, strides)

    def _lengths(self, count: int) -> tuple[int, ...]:
        self.at += 8 * count
        return _LENGTHS[count](self.data, self.at - 8 * count)

    def _scalar(self, depth: int) -> np.generic:
        array = self._tagged_array()
        if array.ndim:
            raise WireError("a scalar with dimensions")
        return array.dtype.type(array[()])

    def _tagged_array(self) -> np.ndarray:
        if self.take(1) != b"a":
            raise WireError("an array was expected")
        return self._array(0)

    def _name(self) -> str:
        if self.take(1) != b"s":
            raise WireError("a name was expected")
        name = self._str(0)
        if len(name) > MAX_NAME:
            raise TooLarge("a name is too long")
        return name

    def _tensor(self, depth: int) -> Any:
        flag = bytes(self.take(1))
        if flag not in b"TF":
            raise WireError("a flag was expected")
        device, dtype = self._name(), self._name()
        return self.revive(TensorValue(self._tagged_array(), device, flag == b"T", dtype))

    def _handle(self, depth: int) -> Any:
        self.at += 8
        return self.revive(Handle(_u64(self.data, self.at - 8)[0], self._name()))

    def _opaque(self, depth: int) -> Opaque:
        return Opaque(self._name())

    def _generator(self, depth: int) -> Any:
        number = _u64(self.take(8))[0]
        seed = int.from_bytes(self.take(16), "little")
        return self.revive(Generator(seed, self._name(), number))


_DECODERS: dict[int, Callable[[Decoder, int], Any]] = {
    ord("N"): lambda decoder, depth: None,
    ord("T"): lambda decoder, depth: True,
    ord("F"): lambda decoder, depth: False,
    ord("i"): Decoder._int,
    ord("I"): Decoder._big_int,
    ord("f"): Decoder._float,
    ord("c"): Decoder._complex,
    ord("s"): Decoder._str,
    ord("b"): Decoder._bytes,
    ord("l"): Decoder._list,
    ord("t"): Decoder._tuple,
    ord("d"): Decoder._dict,
    ord("a"): Decoder._array,
    ord("n"): Decoder._scalar,
    ord("x"): Decoder._tensor,
    ord("h"): Decoder._handle,
    ord("o"): Decoder._opaque,
    ord("g"): Decoder._generator,
}


def _spread(packed: np.ndarray, strides: tuple[int, ...]) -> np.ndarray:
    """The same values laid out with these strides (in elements), within memory of its own."""
    extent = extent_of(packed.shape, strides)
    if extent > SPREAD * packed.size:
        raise WireError("strides that span too much memory")
    base = np.zeros(extent, dtype=packed.dtype)
    start = sum((length - 1) * -step for length, step in zip(packed.shape, strides, strict=True) if step < 0)
    steps = [step * packed.itemsize for step in strides]
    view = np.lib.stride_tricks.as_strided(base[start:], packed.shape, steps)
    view[...] = packed
    return view
