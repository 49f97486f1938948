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
    MAX_INT_BYTES,
    MAX_NAME,
    MAX_NODES,
    MAX_RANK,
    SPREAD,
    Generator,
    Handle,
    Opaque,
    TensorValue,
    TooLarge,
    WireError,
    extent_of,
    is_key,
    packed_strides,
    settled,
)

_U32, _U64, _I64, _F64, _C128 = (struct.Struct(f"<{c}") for c in ("I", "Q", "q", "d", "dd"))


class Decoder:
    """Reads one value from bytes; `revive` may turn tensors, handles and generators into live objects."""

    def __init__(
        self, data: bytes | bytearray | memoryview, revive: Callable[[Any], Any] | None = None
    ) -> None:
        self.data = memoryview(data)
        self.at = 0
        self.nodes = 0
        self.dict_work = 0
        self.revive = revive or (lambda value: value)

    def whole(self) -> Any:
        """The one value that fills the data exactly."""
        value = self.decode()
        if self.at != len(self.data):
            raise WireError(f"{len(self.data) - self.at} bytes follow the value")
        return value

    def take(self, count: int) -> memoryview:
        if count < 0 or count > len(self.data) - self.at:
            raise WireError("the data ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def decode(self, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise TooLarge("too many parts, or nested too deeply")
        tag = bytes(self.take(1))
        method = _DECODERS.get(tag)
        if method is None:
            raise WireError(f"unknown tag {tag!r}")
        return method(self, depth)

    def _count(self) -> int:
        (count,) = _U32.unpack(self.take(4))
        if count > len(self.data) - self.at:
            raise WireError("a count exceeds the data that follows")
        return count

    def _int(self, depth: int) -> int:
        return _I64.unpack(self.take(8))[0]

    def _big_int(self, depth: int) -> int:
        length = self._count()
        if length > MAX_INT_BYTES:
            raise TooLarge("an integer is too large")
        return int.from_bytes(self.take(length), "little", signed=True)

    def _float(self, depth: int) -> float:
        return _F64.unpack(self.take(8))[0]

    def _complex(self, depth: int) -> complex:
        return complex(*_C128.unpack(self.take(16)))

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
        return tuple(self._list(depth))

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
        code, rank = self.take(2)
        if code >= len(DTYPES) or rank > MAX_RANK:
            raise WireError("unknown dtype or too many dimensions")
        fields = struct.unpack(f"<{2 * rank}q", self.take(16 * rank))
        shape, strides = fields[:rank], fields[rank:]
        if any(length < 0 for length in shape):
            raise WireError("a negative length")
        dtype = DTYPES[code]
        data = self.take(prod(shape) * dtype.itemsize)  # the sizes are Python integers: no overflow
        try:
            array = np.frombuffer(data, dtype=dtype).reshape(shape)
        except ValueError as error:  # an empty array whose other lengths are absurd
            raise WireError("an impossible shape") from error
        if array.size == 0:
            return array.copy()
        strides = settled(shape, strides)
        return array.copy() if strides == packed_strides(shape) else _spread(array, strides)

    def _scalar(self, depth: int) -> np.generic:
        array = self._tagged_array(depth)
        if array.ndim:
            raise WireError("a scalar with dimensions")
        return array.dtype.type(array[()])

    def _tagged_array(self, depth: int) -> np.ndarray:
        if bytes(self.take(1)) != b"a":
            raise WireError("an array was expected")
        return self._array(depth)

    def _name(self, depth: int) -> str:
        if bytes(self.take(1)) != b"s":
            raise WireError("a name was expected")
        name = self._str(depth)
        if len(name) > MAX_NAME:
            raise TooLarge("a name is too long")
        return name

    def _tensor(self, depth: int) -> Any:
        flag = bytes(self.take(1))
        if flag not in b"TF":
            raise WireError("a flag was expected")
        device, dtype = self._name(depth), self._name(depth)
        return self.revive(TensorValue(self._tagged_array(depth), device, flag == b"T", dtype))

    def _handle(self, depth: int) -> Any:
        return self.revive(Handle(_U64.unpack(self.take(8))[0], self._name(depth)))

    def _opaque(self, depth: int) -> Opaque:
        return Opaque(self._name(depth))

    def _generator(self, depth: int) -> Any:
        (number,) = _U64.unpack(self.take(8))
        seed = int.from_bytes(self.take(16), "little")
        return self.revive(Generator(seed, self._name(depth), number))


_DECODERS: dict[bytes, Callable[[Decoder, int], Any]] = {
    b"N": lambda decoder, depth: None,
    b"T": lambda decoder, depth: True,
    b"F": lambda decoder, depth: False,
    b"i": Decoder._int,
    b"I": Decoder._big_int,
    b"f": Decoder._float,
    b"c": Decoder._complex,
    b"s": Decoder._str,
    b"b": Decoder._bytes,
    b"l": Decoder._list,
    b"t": Decoder._tuple,
    b"d": Decoder._dict,
    b"a": Decoder._array,
    b"n": Decoder._scalar,
    b"x": Decoder._tensor,
    b"h": Decoder._handle,
    b"o": Decoder._opaque,
    b"g": Decoder._generator,
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
