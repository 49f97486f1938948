"""Hostile and broken zips are refused with the limit or the reason; good ones become plain files."""

import io
import struct
import zipfile

import pytest

from quizbank import importing_archive
from quizbank.importing_archive import MAX_ENTRIES, MAX_TOTAL, MAX_UPLOAD, read_archive
from quizbank.problems import BankErrors
from tests.quizbank.import_files import BANK, QUESTION, with_link, zipped


def problems(data: bytes) -> str:
    with pytest.raises(BankErrors) as caught:
        read_archive(data)
    return str(caught.value)


def test_a_zip_with_the_banks_folder():
    assert read_archive(zipped(BANK)) == {name: text.encode() for name, text in BANK.items()}


def test_a_zip_without_a_folder_takes_the_name_that_is_given():
    inner = {name.removeprefix("small/"): text for name, text in BANK.items()}
    assert set(read_archive(zipped(inner), fallback="mine")) == {
        name.replace("small", "mine", 1) for name in BANK
    }
    assert set(read_archive(zipped(inner), "chosen")) == {name.replace("small", "chosen", 1) for name in BANK}


def test_a_chosen_bank_takes_the_place_of_the_folder():
    assert set(read_archive(zipped(BANK), "chosen")) == {name.replace("small", "chosen", 1) for name in BANK}


def test_what_desktops_add_is_left_out():
    extra = {"__MACOSX/small/._bank.yaml": "x", "small/.DS_Store": "x", "small/README.md": "x"}
    assert set(read_archive(zipped({**BANK, **extra}))) == set(BANK)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 100, b"\x1f\x8b" + b"\0" * 50])
def test_what_is_no_zip(data):
    assert "a zip file is expected" in problems(data)


def test_a_truncated_zip():
    assert "a zip file is expected" in problems(zipped(BANK)[:-30])


def test_damaged_content():
    data = bytearray(zipped(BANK, zipfile.ZIP_STORED))
    data[data.index(b"Small bank")] ^= 0xFF
    assert "is damaged" in problems(bytes(data))


@pytest.mark.parametrize(
    "name",
    [
        "../small/bank.yaml",
        "small/../../etc/passwd",
        "/etc/passwd",
        "small/pooling/../../x.md",
        "..\\..\\x.md",
        "C:/windows/x.md",
        "\\\\server\\share\\x.md",
        "small\\pooling\\x.md",
    ],
)
def test_path_traversal(name):
    message = problems(zipped({**BANK, name: QUESTION}))
    assert "leads outside" in message
    assert "a plain name inside the zip is expected" in message


def test_a_name_with_a_nul():
    data = zipped({**BANK, "small/pooling/aXb.md": QUESTION}).replace(b"aXb.md", b"a\0b.md")
    assert "a plain name" in problems(data)


@pytest.mark.parametrize("target", ["/etc/passwd", "bank.yaml"])
def test_symbolic_links(target):
    assert "links and devices are not accepted" in problems(with_link(target))


@pytest.mark.parametrize("name", ["inner.zip", "inner.tar.gz", "INNER.ZIP", "a.7z"])
def test_nested_archives_by_name(name):
    assert "is an archive inside the zip" in problems(zipped({**BANK, f"small/pooling/{name}": b"x"}))


def test_nested_archives_by_content():
    assert "is an archive inside the zip" in problems(zipped({**BANK, "small/pooling/q.md": zipped(BANK)}))


def test_a_bomb_of_one_file():
    message = problems(zipped({**BANK, "small/pooling/bomb.md": b"0" * 50_000_000}))
    assert "at most 64 kB a file" in message


def test_a_bomb_of_many_files_below_the_limit_of_a_file():
    message = problems(zipped({f"small/pooling/q{i}.md": b"0" * 60_000 for i in range(400)}))
    assert "at most 100-fold is accepted" in message
    assert f"at most {MAX_TOTAL // 10**6} MB are expected once unpacked" in message


def test_too_many_entries():
    message = problems(zipped({f"small/pooling/q{i}.md": b"" for i in range(MAX_ENTRIES + 1)}))
    assert "at most 2,000 entries are expected, this zip has 2,001" in message


def test_too_large_an_upload():
    assert "at most 2 MB are expected, this has 2.0 MB" in problems(b"x" * (MAX_UPLOAD + 1))


def lying(data: bytes, name: bytes, size: int) -> bytes:
    """The same zip, with another unpacked size claimed for an entry in both of its headers."""
    out = bytearray(data)
    for magic, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        start = -1
        while (start := data.find(magic, start + 1)) >= 0:
            if data[start + name_at : start + name_at + len(name)] == name:
                out[start + size_at : start + size_at + 4] = struct.pack("<I", size)
    return bytes(out)


def test_a_directory_that_lies_about_the_size():
    """The claim of 100 bytes passes the checks of the directory; what comes out is still bounded."""
    data = lying(zipped({**BANK, "small/pooling/liar.md": b"ab" * 500_000}), b"small/pooling/liar.md", 100)
    assert zipfile.ZipFile(io.BytesIO(data)).getinfo("small/pooling/liar.md").file_size == 100
    with pytest.raises(BankErrors) as caught:
        read_archive(data)
    assert "small/pooling/liar.md" in str(caught.value)


def test_unpacking_stops_at_the_total_even_if_the_directory_promised_less(monkeypatch):
    monkeypatch.setattr(importing_archive, "MAX_TOTAL", 1000)
    archive = zipfile.ZipFile(io.BytesIO(zipped(BANK)))
    entries = archive.infolist()
    for entry in entries:
        entry.file_size = min(entry.file_size, 300)
    with pytest.raises(BankErrors):
        importing_archive._unpack(archive, entries)


def test_two_entries_of_one_name_also_in_another_case():
    message = problems(zipped({**BANK, "small/pooling/MAX-KEEPS.md": QUESTION}))
    assert "stands twice in the zip" in message


def test_an_encrypted_entry():
    data = bytearray(zipped(BANK))
    for magic, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(magic)
        data[start + flags_at] |= 1
    assert "is encrypted" in problems(bytes(data))


def test_an_unknown_way_of_packing():
    data = bytearray(zipped(BANK))
    for magic, method_at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.find(magic)
        data[start + method_at : start + method_at + 2] = struct.pack("<H", 99)
    assert "is damaged or packed in an unusual way" in problems(bytes(data))


def test_control_characters_in_a_name_are_shown_escaped():
    message = problems(zipped({**BANK, "../\x1b[31mred.md": QUESTION}))
    assert "\x1b" not in message
    assert "\\x1b[31mred.md" in message
