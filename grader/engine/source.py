"""The first look at a submission's bytes, on the trusted side, before anything runs."""

from grader.engine.errors import InvalidSubmission
from grader.engine.types import SOURCE_MAX_BYTES

_BOM = b"\xef\xbb\xbf"


def check(source: bytes) -> str:
    """The text of a submission; `InvalidSubmission` says what is wrong with bytes that cannot be one."""
    if len(source) > SOURCE_MAX_BYTES:
        raise InvalidSubmission(
            f"The submission is {len(source):,} bytes; the limit is {SOURCE_MAX_BYTES:,} bytes (256 kB)."
        )
    if b"\0" in source:
        line = source[: source.index(b"\0")].count(b"\n") + 1
        raise InvalidSubmission("The submission contains a NUL byte: it is not a text file.", line)
    text = _decoded(source.removeprefix(_BOM))
    if not text.strip():
        raise InvalidSubmission("The submission is empty.")
    return text


def _decoded(source: bytes) -> str:
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise InvalidSubmission(
            f"The submission is not UTF-8: byte 0x{source[error.start]:02x} on line {line}. "
            "Save the file as UTF-8.",
            line,
        ) from None
