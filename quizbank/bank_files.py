"""Banks as files: which names and sizes are taken, and what a folder of files says.

parsed = read_bank(files)                  # {"cnn/pooling/max-pool.md": b"...", ...}; raises BankErrors
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from quizbank import format, set_content
from quizbank.content import Content
from quizbank.fields import SLUG, Fields
from quizbank.problems import BankError, BankErrors, Problem
from quizbank.set_content import SetContent

MAX_FILES = 5000
MAX_TOTAL = 32 * 1024 * 1024
SETS = "sets"  # the folder of ready-made sets, which is no topic
IGNORED = re.compile(r"(?:^|/)(?:\.[^/.][^/]*|__MACOSX|README\.md|coverage\.yaml)(?:/|$)")


@dataclass(frozen=True)
class ParsedTopic:
    slug: str
    title: str
    order: int
    intro: str
    prerequisites: tuple[str, ...]


@dataclass(frozen=True)
class ParsedBank:
    """A whole and valid bank."""

    slug: str
    title: str
    description: str
    topics: tuple[ParsedTopic, ...]
    questions: tuple[Content, ...]
    sets: tuple[SetContent, ...] = ()


def read_folder(root: Path) -> dict[str, bytes]:
    """All files of a folder of banks, or of one bank, as `read_banks` wants them."""
    if not root.is_dir():
        raise BankErrors(
            [BankError(str(root), 0, "", "a folder with banks, or one bank's folder, is expected")]
        )
    base = root.parent if (root / "bank.yaml").exists() else root
    files: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(base).as_posix()
        if path.is_file() and not path.is_symlink() and not IGNORED.search(name):
            with path.open("rb") as file:
                files[name] = file.read(format.MAX_BYTES + 1)
    return files


def read_bank(files: Mapping[str, bytes]) -> ParsedBank:
    """The one bank in files named `<bank>/<topic>/<slug>.md`; raises BankErrors with all errors."""
    banks = read_banks(files)
    if len(banks) != 1:
        names = ", ".join(bank.slug for bank in banks)
        raise BankErrors(
            [BankError("bank.yaml", 0, "", f"one bank is expected, these are {len(banks)}: {names}")]
        )
    return banks[0]


def read_banks(files: Mapping[str, bytes]) -> list[ParsedBank]:
    """All banks in these files; raises BankErrors with everything that is wrong in any of them."""
    errors = _check_size(files)
    groups: dict[str, dict[str, bytes]] = {}
    for name, data in sorted(files.items()):
        if IGNORED.search(name):
            continue
        if problem := _check_name(name):
            errors.append(BankError(name[:200], 0, "", problem))
        else:
            groups.setdefault(name.split("/", 1)[0], {})[name] = data
    banks = [_read_bank(slug, group, errors) for slug, group in groups.items()]
    if not groups and not errors:
        errors.append(BankError("bank.yaml", 0, "", "no bank is here: a file <bank>/bank.yaml is expected"))
    errors += _duplicates(content for bank in banks for content in bank.questions)
    errors += _duplicate_sets(banks)
    if errors:
        raise BankErrors(errors)
    return banks


def _check_size(files: Mapping[str, bytes]) -> list[BankError]:
    errors = []
    if len(files) > MAX_FILES:
        errors.append(
            BankError("bank", 0, "", f"at most {MAX_FILES:,} files are expected, these are {len(files):,}")
        )
    total = sum(map(len, files.values()))
    if total > MAX_TOTAL:
        limit = MAX_TOTAL // 2**20
        errors.append(
            BankError("bank", 0, "", f"at most {limit} MB are expected, these are {total / 2**20:.0f} MB")
        )
    return errors


def _check_name(name: str) -> str | None:
    """What is wrong with a file's name; None for bank.yaml, topic.yaml and questions in their places."""
    path = PurePosixPath(name)
    parts = path.parts
    if path.is_absolute() or ".." in parts or "\\" in name or "\0" in name or "//" in name:
        return "a plain relative name such as cnn/pooling/max-pool.md is expected"
    slugs = [*parts[:-1], path.stem]
    limits = (60, 60, 80)
    if any(not SLUG.fullmatch(slug) or len(slug) > limit for slug, limit in zip(slugs, limits, strict=False)):
        return "a name of lower-case letters, digits and hyphens is expected, at most 60 (questions: 80) long"
    if len(parts) == 2 and parts[1] == "bank.yaml":
        return None
    if len(parts) == 3 and parts[1] == SETS:
        return None if path.suffix == ".yaml" else "a set is expected here: sets/<set>.yaml"
    if len(parts) == 3 and (parts[2] == "topic.yaml" or path.suffix == ".md"):
        return None
    return (
        "is no file of a bank: expected are bank.yaml, <topic>/topic.yaml, <topic>/<question>.md "
        "and sets/<set>.yaml"
    )


def _read_bank(slug: str, files: Mapping[str, bytes], errors: list[BankError]) -> ParsedBank:
    bank = {"title": slug, "description": ""}
    if f"{slug}/bank.yaml" in files:
        bank = _read_yaml(f"{slug}/bank.yaml", files, _bank_fields, errors)
    else:
        errors.append(
            BankError(
                f"{slug}/bank.yaml", 0, "", "is missing: title and description of the bank are expected"
            )
        )
    folders = sorted({name.split("/")[1] for name in files if name.count("/") == 2} - {SETS})
    topics = tuple(_read_topic(slug, folder, files, errors) for folder in folders)
    questions = []
    for name in (name for name in files if name.endswith(".md")):
        content, found = format.attempt(name, files[name])
        errors += found
        if content is not None:
            questions.append(content)
    sets = tuple(_read_set(name, files, errors) for name in files if name.startswith(f"{slug}/{SETS}/"))
    return ParsedBank(slug, bank["title"], bank["description"], topics, tuple(questions), sets)


def _read_set(name: str, files: Mapping[str, bytes], errors: list[BankError]) -> SetContent:
    data, lines = _load_yaml(name, files, errors, {"title": name, "questions": []})
    problems: list[Problem] = []
    content = set_content.read(PurePosixPath(name).stem, Fields(data, problems), lines)
    errors += [BankError(name, content.line(p.field), p.field, p.expected) for p in problems]
    return content


def _read_topic(bank: str, slug: str, files: Mapping[str, bytes], errors: list[BankError]) -> ParsedTopic:
    name = f"{bank}/{slug}/topic.yaml"
    if name not in files:
        errors.append(BankError(name, 0, "", "is missing: title, order and intro of the topic are expected"))
        return ParsedTopic(slug, slug, 100, "", ())
    return ParsedTopic(slug=slug, **_read_yaml(name, files, _topic_fields, errors))


def _bank_fields(fields: Fields) -> dict[str, Any]:
    return {"title": fields.text("title", 120), "description": fields.text("description", 5000, default="")}


def _topic_fields(fields: Fields) -> dict[str, Any]:
    return {
        "title": fields.text("title", 120),
        "order": fields.number("order", 0, 10_000, default=100),
        "intro": fields.text("intro", 20_000, default=""),
        "prerequisites": tuple(fields.slugs("prerequisites", 10)),
    }


def _read_yaml(name: str, files: Mapping[str, bytes], read: Any, errors: list[BankError]) -> dict[str, Any]:
    """The fields of a YAML file; what is wrong with it is added to `errors`."""
    data, lines = _load_yaml(name, files, errors, {"title": name})
    problems: list[Problem] = []
    fields = Fields(data, problems)
    values: dict[str, Any] = read(fields)
    fields.close()
    errors += [BankError(name, lines.get(p.field, 1), p.field, p.expected) for p in problems]
    return values


def _load_yaml(
    name: str, files: Mapping[str, bytes], errors: list[BankError], stand_in: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, int]]:
    """The data of a YAML file and their lines; the stand-in where it cannot be read."""
    try:
        return format.load_yaml(name, format.decode(name, files[name]))
    except BankErrors as found:
        errors += found
        return stand_in, {}


def _duplicates(contents: Iterable[Content]) -> list[BankError]:
    """Slugs name a question on the site, so they are unique over all topics and banks."""
    seen: dict[str, str] = {}
    errors = []
    for content in contents:
        if content.slug in seen:
            where = f"{content.topic}/{content.slug}.md"
            errors.append(
                BankError(where, 0, "slug", f"is taken by {seen[content.slug]}/{content.slug}.md; rename one")
            )
        seen.setdefault(content.slug, content.topic)
    return errors


def _duplicate_sets(banks: Iterable[ParsedBank]) -> list[BankError]:
    seen: dict[str, str] = {}
    errors = []
    for bank in banks:
        for one in bank.sets:
            if one.slug in seen:
                place = f"{bank.slug}/{SETS}/{one.slug}.yaml"
                errors.append(
                    BankError(place, 0, "slug", f"is taken by the bank {seen[one.slug]}; rename one")
                )
            seen.setdefault(one.slug, bank.slug)
    return errors
