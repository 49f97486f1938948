"""How values and messages travel between the trusted side and the candidate's process.

A frame is a 24-byte header (magic, kind, 8 bytes of nonce, length) and one encoded value. Encoded values are a tag
byte and fixed-width little-endian fields. Nothing is pickled, and nothing is allocated before the bytes that it needs
have been seen to be there: every count is checked against the bytes that remain, every array's size against dtype
and shape. `WireError` is raised for anything else; on the trusted side it means that the candidate forged a frame.
"""

import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

MAGIC = b"STRD"
HEADER = struct.Struct("<4sB3x8sQ")
MAX_DEPTH = 32
MAX_NODES = 250_000
MAX_DICT = 4096  # int keys can be chosen to collide, which makes building a dict quadratic
MAX_RANK = 16
MAX_INT_BYTES = 512
MAX_NAME = 200
SPREAD = 8  # a strided array may span this many times the memory of its elements

# Kinds of frames. Requests are below 64, replies above.
LOAD, CALL, ATTRIBUTE, PROVIDE, CONFIGURE = 1, 2, 3, 4, 5
DONE, RAISED, INVALID, LIMIT, READY, BROKEN = 65, 66, 67, 68, 69, 70

DTYPES = [
    np.dtype(name)
    for name in ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
]
DTYPE_CODES = {dtype: code for code, dtype in enumerate(DTYPES)}

_U32, _U64, _I64, _F64, _C128 = (struct.Struct(f"<{c}") for c in ("I", "Q", "q", "d", "dd"))
_generator_ids = itertools.count(1)


class WireError(ValueError):
    """Bytes that are no valid message, or a value that cannot be encoded."""


class TooLarge(WireError):
    """A value that exceeds a limit of size, count or depth."""


@dataclass(frozen=True)
class TensorValue:
    """A torch tensor as data. `dtype` is torch's name; `bfloat16` travels as a float32 array."""

    array: np.ndarray
    device: str = "cpu"
    requires_grad: bool = False
    dtype: str = ""

    def __post_init__(self) -> None:
        if not self.dtype:
            object.__setattr__(self, "dtype", self.array.dtype.name)


@dataclass(frozen=True)
class Handle:
    """An object that stays in the candidate's process."""

    id: int
    type_name: str


@dataclass(frozen=True)
class Opaque:
    """Something that neither travels as data nor can be used by handle."""

    type_name: str


@dataclass(frozen=True)
class Generator:
    """A random generator to be made in the candidate's process; one object there for each `id`."""

    seed: int
    kind: str = "numpy"  # or "torch"
    id: int = field(default_factory=lambda: next(_generator_ids))


class Encoder:
    """Turns one value into bytes; `reduce` maps foreign objects to wire values or gives None."""

    def __init__(self, reduce: Callable[[Any], Any] | None = None, limit: int | None = None) -> None:
        self.parts: list[bytes | memoryview] = []
        self.size = 0
        self.nodes = 0
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
        for base in (int, float, complex, str, bytes, list, tuple, dict):
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
            return None
        length = value.bit_length() // 8 + 1
        if length > MAX_INT_BYTES:
            return self._opaque(Opaque(f"int of {value.bit_length()} bits"), depth)
        self.put(b"I" + _U32.pack(length) + value.to_bytes(length, "little", signed=True))

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
        if len(value) > MAX_DICT:
            raise TooLarge(f"a dict has more than {MAX_DICT:,} entries")
        self.put(b"d" + _U32.pack(len(value)))
        for key, item in value.items():
            if not _is_key(key):
                key = f"<{type(key).__name__}>"
            self.encode(key, depth + 1)
            self.encode(item, depth + 1)

    def _array(self, value: np.ndarray, depth: int) -> None:
        dtype = value.dtype.newbyteorder("=")
        if dtype not in DTYPE_CODES or value.ndim > MAX_RANK:
            return self._opaque(Opaque(f"ndarray of {value.ndim} dimensions and dtype {value.dtype}"), depth)
        strides = _strides(value)
        shape = value.shape
        self.put(
            b"a"
            + bytes([DTYPE_CODES[dtype], value.ndim])
            + struct.pack(f"<{2 * len(shape)}q", *shape, *strides)
        )
        data = np.ascontiguousarray(value, dtype=dtype)
        self.put(memoryview(data.reshape(-1).view(np.uint8)) if data.size else b"")

    def _scalar(self, value: np.generic, depth: int) -> None:
        if value.dtype.newbyteorder("=") not in DTYPE_CODES:
            return self._opaque(Opaque(f"numpy.{value.dtype.name}"), depth)
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


def _is_key(key: Any) -> bool:
    if type(key) is tuple:
        return len(key) <= MAX_RANK and all(type(part) in (str, int) for part in key)
    return type(key) in (str, int)


def _strides(value: np.ndarray) -> tuple[int, ...]:
    """Strides in elements; those of a packed array where the real ones cannot be rebuilt in little memory."""
    packed = _packed_strides(value.shape)
    if value.size == 0 or any(step % value.itemsize for step in value.strides):
        return packed
    strides = _settled(value.shape, tuple(step // value.itemsize for step in value.strides))
    return strides if _extent(value.shape, strides) <= SPREAD * value.size else packed


def _packed_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _settled(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...]:
    """The stride of an axis of length 1 means nothing: give it the packed one."""
    packed = _packed_strides(shape)
    return tuple(
        step if length > 1 else usual for length, step, usual in zip(shape, strides, packed, strict=True)
    )


def _extent(shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """How many elements of memory a non-empty strided array spans."""
    return 1 + sum((length - 1) * abs(step) for length, step in zip(shape, strides, strict=True))


class Decoder:
    """Reads one value from bytes; `revive` may turn tensors, handles and generators into live objects."""

    def __init__(
        self, data: bytes | bytearray | memoryview, revive: Callable[[Any], Any] | None = None
    ) -> None:
        self.data = memoryview(data)
        self.at = 0
        self.nodes = 0
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
        if count > MAX_DICT:
            raise TooLarge(f"a dict has more than {MAX_DICT} entries")
        result = {}
        for _ in range(count):
            key = self.decode(depth + 1)
            if not _is_key(key):
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
        strides = _settled(shape, strides)
        return array.copy() if strides == _packed_strides(shape) else _spread(array, strides)

    def _scalar(self, depth: int) -> np.generic:
        array = self._tagged_array(depth)
        if array.ndim:
            raise WireError("a scalar with dimensions")
        return array[()]

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
    extent = _extent(packed.shape, strides)
    if extent > SPREAD * packed.size:
        raise WireError("strides that span too much memory")
    base = np.zeros(extent, dtype=packed.dtype)
    start = sum((length - 1) * -step for length, step in zip(packed.shape, strides, strict=True) if step < 0)
    steps = [step * packed.itemsize for step in strides]
    view = np.lib.stride_tricks.as_strided(base[start:], packed.shape, steps)
    view[...] = packed
    return view


def encode(value: Any, *, reduce: Callable[[Any], Any] | None = None, limit: int | None = None) -> bytes:
    """The bytes of one value; `TooLarge` above `limit` bytes."""
    encoder = Encoder(reduce, limit)
    encoder.encode(value)
    return encoder.joined()


def decode(data: bytes | bytearray | memoryview, *, revive: Callable[[Any], Any] | None = None) -> Any:
    """The one value that these bytes hold; `WireError` for anything else."""
    return Decoder(data, revive).whole()


def frame(kind: int, nonce: bytes, body: bytes) -> bytes:
    return HEADER.pack(MAGIC, kind, nonce, len(body)) + body


def parse_header(data: bytes) -> tuple[int, bytes, int]:
    """Kind, nonce and length of the body that follows."""
    magic, kind, nonce, length = HEADER.unpack(data)
    if magic != MAGIC:
        raise WireError("not a frame")
    return kind, nonce, length
