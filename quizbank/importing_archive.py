"""Reads an uploaded zip of a bank into plain files, trusting nothing that it says about itself.

Nothing is written to a disk and no name is used as a path: the result is a mapping from names to bytes,
which `quizbank.loading` checks. What the directory of the zip claims (sizes, ratios) is checked before
anything is unpacked, and what really comes out is counted while it is, because the directory may lie.
"""

import io
import stat
import zipfile
import zlib

from quizbank.bank_files import IGNORED
from quizbank.format import MAX_BYTES
from quizbank.problems import BankError, BankErrors

MAX_UPLOAD = 2_000_000  # bytes, as uploaded
MAX_ENTRIES = 2000
MAX_TOTAL = 16_000_000  # bytes, unpacked
MAX_RATIO = 100  # unpacked to packed; Markdown reaches about 5
RATIO_FREE = 4096  # bytes; smaller files may have any ratio
NESTED = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar")
ARCHIVE_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")


def read_archive(data: bytes, bank: str = "", fallback: str = "bank") -> dict[str, bytes]:
    """The files of one bank as `<bank>/<topic>/<name>`; raises BankErrors with everything that is wrong.

    A given `bank` takes the place of the zip's own folder. Where the zip has no folder around its files and
    no bank is given, `fallback` names it.
    """
    if len(data) > MAX_UPLOAD:
        raise one_error(
            "", f"at most {MAX_UPLOAD / 1e6:.0f} MB are expected, this has {len(data) / 1e6:.1f} MB"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not _is_ignored(entry)]
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, UnicodeDecodeError):
        raise one_error("", "a zip file is expected; this cannot be read as one") from None
    with archive:
        _check_directory(archive.infolist(), entries)
        files = _unpack(archive, entries)
    return _with_bank(files, bank, fallback)


def one_error(file: str, expected: str) -> BankErrors:
    return BankErrors([BankError(file or "the upload", 0, "", expected)])


def _is_ignored(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what desktops leave behind; ".." looks hidden but is not to pass in silence."""
    if ".." in entry.filename:
        return False
    return entry.is_dir() or IGNORED.search(entry.filename) is not None


def _check_directory(all_entries: list[zipfile.ZipInfo], entries: list[zipfile.ZipInfo]) -> None:
    if len(all_entries) > MAX_ENTRIES:
        raise one_error(
            "", f"at most {MAX_ENTRIES:,} entries are expected, this zip has {len(all_entries):,}"
        )
    errors = [
        BankError(_shown(entry), 0, "", problem)
        for entry in entries
        if (problem := _entry_problem(entry)) is not None
    ]
    names = [entry.filename.casefold() for entry in entries]
    for i, entry in enumerate(entries):
        if names[i] in names[:i]:
            errors.append(BankError(_shown(entry), 0, "", "stands twice in the zip: rename or remove one"))
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        errors.append(BankError("the upload", 0, "", _too_much(total)))
    if errors:
        raise BankErrors(errors)


def _entry_problem(entry: zipfile.ZipInfo) -> str | None:
    """What is wrong with an entry, by the directory of the zip alone."""
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    mode = entry.external_attr >> 16
    if (
        name.startswith(("/", "\\"))
        or ".." in parts
        or "\\" in name
        or ":" in parts[0]
        or "\0" in entry.orig_filename
    ):
        return (
            "a plain name inside the zip is expected, such as cnn/pooling/max-pool.md; this one leads outside"
        )
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a regular file is expected; links and devices are not accepted"
    if entry.flag_bits & 0x1:
        return "is encrypted: make the zip without a password"
    if name.lower().endswith(NESTED):
        return "is an archive inside the zip: put its files directly into the zip"
    if entry.file_size > MAX_BYTES:
        return f"at most {MAX_BYTES // 1024} kB a file are expected, this has {entry.file_size // 1024:,} kB"
    if entry.file_size > RATIO_FREE and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        ratio = entry.file_size // max(entry.compress_size, 1)
        return f"is compressed {ratio:,}-fold: at most {MAX_RATIO}-fold is accepted"
    return None


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        content = _read(archive, entry)
        total += len(content)
        if total > MAX_TOTAL:
            raise one_error("", _too_much(total))
        if content.startswith(ARCHIVE_MAGIC):
            raise one_error(
                _shown(entry), "is an archive inside the zip: put its files directly into the zip"
            )
        files[entry.filename] = content
    return files


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most one byte more than a file may have, whatever the directory claims."""
    try:
        with archive.open(entry) as file:
            content = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise one_error(_shown(entry), "is damaged or packed in an unusual way: make the zip anew") from None
    if len(content) > MAX_BYTES:
        raise one_error(
            _shown(entry), f"at most {MAX_BYTES // 1024} kB a file are expected; this one is larger"
        )
    return content


def _with_bank(files: dict[str, bytes], bank: str, fallback: str) -> dict[str, bytes]:
    """Names that begin with the bank's slug, whether or not the zip has a folder around everything."""
    if "bank.yaml" in files:
        return {f"{bank or fallback}/{name}": content for name, content in files.items()}
    tops = {name.split("/", 1)[0] for name in files}
    if bank and len(tops) == 1 and all("/" in name for name in files):
        return {f"{bank}/{name.split('/', 1)[1]}": content for name, content in files.items()}
    return files


def _too_much(total: int) -> str:
    return f"at most {MAX_TOTAL / 1e6:.0f} MB are expected once unpacked, this has {total / 1e6:.1f} MB"


def _shown(entry: zipfile.ZipInfo) -> str:
    return entry.filename.encode("unicode_escape").decode()[:200]
