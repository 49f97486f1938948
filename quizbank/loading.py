"""Banks as files: read and check them, compare them with the database, store them.

    parsed = loading.read_bank(files)          # {"cnn/pooling/max-pool.md": b"...", ...}; raises BankErrors
    changes = loading.difference(parsed)       # what `apply` would do; writes nothing
    changes = loading.apply(parsed)            # all or nothing

A question remembers the fingerprint of the file that it was last loaded from (`Question.file_digest`). By
that the loader tells three cases apart that look alike: the file has changed, an instructor has edited the
row since, or both.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from django.db import transaction

from quizbank import format
from quizbank.content import NAMES, Content, of_row
from quizbank.fields import SLUG, Fields
from quizbank.models import Bank, Question, Topic
from quizbank.problems import BankError, BankErrors, Problem

MAX_FILES = 5000
MAX_TOTAL = 32 * 1024 * 1024
IGNORED = re.compile(r"(?:^|/)(?:\.[^/.][^/]*|__MACOSX|README\.md|coverage\.yaml)(?:/|$)")

Action = Literal["create", "update", "unchanged", "draft", "kept"]
Missing = Literal["draft", "keep"]


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


@dataclass(frozen=True)
class FieldChange:
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What happens to one bank, topic or question.

    `draft`: gone from the files, so it is hidden but keeps its attempts. `kept`: edited in the admin since
    it was loaded, so the file does not overwrite it.
    """

    what: Literal["bank", "topic", "question"]
    slug: str
    title: str
    action: Action
    fields: tuple[FieldChange, ...] = field(default=())


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
    if errors:
        raise BankErrors(errors)
    return banks


def difference(parsed: ParsedBank, *, overwrite: bool = True, missing: Missing = "draft") -> list[Change]:
    """What `apply` with the same arguments would do. Raises BankErrors where it would."""
    existing = {q.slug: q for q in Question.objects.select_related("bank", "topic")}
    _check_taken(parsed, existing)
    bank = Bank.objects.filter(slug=parsed.slug).first()
    changes = [_bank_change(parsed, bank)]
    topics = {t.slug: t for t in Topic.objects.prefetch_related("prerequisites")}
    changes += [_topic_change(topic, topics.get(topic.slug)) for topic in parsed.topics]
    changes += [
        _question_change(content, existing.get(content.slug), overwrite) for content in parsed.questions
    ]
    if missing == "draft":
        slugs = {content.slug for content in parsed.questions}
        gone = [
            q
            for q in existing.values()
            if q.bank.slug == parsed.slug and q.file_digest and q.slug not in slugs
        ]
        changes += [_draft_change(q) for q in gone if q.status != Question.Status.DRAFT]
    return changes


@transaction.atomic
def apply(parsed: ParsedBank, *, overwrite: bool = True, missing: Missing = "draft") -> list[Change]:
    """Store a bank, all or nothing, and say what was changed.

    `overwrite=False` keeps what instructors have edited since the last load. `missing` says what happens to
    questions that came from a file which is no longer there; their attempts stay in either case.
    """
    changes = difference(parsed, overwrite=overwrite, missing=missing)
    actions: dict[tuple[str, str], Change] = {(change.what, change.slug): change for change in changes}
    bank = _store_bank(parsed, actions["bank", parsed.slug])
    topics = _store_topics(parsed, actions)
    rows = {row.slug: row for row in Question.objects.filter(bank=bank)}
    for content in parsed.questions:
        change = actions["question", content.slug]
        _store_question(content, change, rows.get(content.slug), bank, topics[content.topic])
    for change in changes:
        if change.action == "draft":
            row = rows[change.slug]
            row.status = Question.Status.DRAFT
            row.file_digest = of_row(row).digest()
            row.save()
    return changes


def files_of(bank: Bank) -> dict[str, bytes]:
    """The files of a stored bank; `read_bank` reads the same bank back."""
    questions = list(bank.questions.select_related("topic").order_by("topic__order", "slug"))
    topics = {question.topic_id: question.topic for question in questions}
    files = {f"{bank.slug}/bank.yaml": _yaml({"title": bank.title, "description": bank.description})}
    for topic in topics.values():
        prerequisites = sorted(topic.prerequisites.values_list("slug", flat=True))
        data = {
            "title": topic.title,
            "order": topic.order,
            "prerequisites": prerequisites,
            "intro": topic.intro,
        }
        files[f"{bank.slug}/{topic.slug}/topic.yaml"] = _yaml(data)
    for question in questions:
        name = f"{bank.slug}/{question.topic.slug}/{question.slug}.md"
        files[name] = format.dump(of_row(question)).encode()
    return files


def _yaml(data: dict[str, Any]) -> bytes:
    return format.yaml_text.dump(
        {name: value for name, value in data.items() if value or name == "title"}
    ).encode()


# Reading


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
    if len(parts) == 3 and (parts[2] == "topic.yaml" or path.suffix == ".md"):
        return None
    return "is no file of a bank: expected are bank.yaml, <topic>/topic.yaml and <topic>/<question>.md"


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
    folders = sorted({name.split("/")[1] for name in files if name.count("/") == 2})
    topics = tuple(_read_topic(slug, folder, files, errors) for folder in folders)
    questions = []
    for name in (name for name in files if name.endswith(".md")):
        content, found = format.attempt(name, files[name])
        errors += found
        if content is not None:
            questions.append(content)
    return ParsedBank(slug, bank["title"], bank["description"], topics, tuple(questions))


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
    problems: list[Problem] = []
    data: dict[str, Any] = {}
    lines: dict[str, int] = {}
    try:
        data, lines = format.load_yaml(name, format.decode(name, files[name]))
    except BankErrors as found:
        errors += found
        data = {"title": name}
    fields = Fields(data, problems)
    values = read(fields)
    fields.close()
    errors += [BankError(name, lines.get(p.field, 1), p.field, p.expected) for p in problems]
    return values


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


# Comparing


def _check_taken(parsed: ParsedBank, existing: Mapping[str, Question]) -> None:
    taken = [c for c in parsed.questions if c.slug in existing and existing[c.slug].bank.slug != parsed.slug]
    known = {topic.slug for topic in parsed.topics} | set(Topic.objects.values_list("slug", flat=True))
    errors = [
        BankError(
            f"{parsed.slug}/{c.topic}/{c.slug}.md",
            0,
            "slug",
            f"is taken by the bank “{existing[c.slug].bank}”",
        )
        for c in taken
    ]
    errors += [
        BankError(f"{parsed.slug}/{topic.slug}/topic.yaml", 0, "prerequisites", f"there is no topic “{slug}”")
        for topic in parsed.topics
        for slug in topic.prerequisites
        if slug not in known
    ]
    if errors:
        raise BankErrors(errors)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, before[name], after[name]) for name in after if before[name] != after[name]
    )


def _bank_change(parsed: ParsedBank, bank: Bank | None) -> Change:
    if bank is None:
        return Change("bank", parsed.slug, parsed.title, "create")
    after = {"title": parsed.title, "description": parsed.description}
    fields = _changes({"title": bank.title, "description": bank.description}, after)
    return Change("bank", parsed.slug, parsed.title, "update" if fields else "unchanged", fields)


def _topic_change(parsed: ParsedTopic, topic: Topic | None) -> Change:
    if topic is None:
        return Change("topic", parsed.slug, parsed.title, "create")
    before = {"title": topic.title, "order": topic.order, "intro": topic.intro}
    before["prerequisites"] = sorted(other.slug for other in topic.prerequisites.all())
    after = {**asdict(parsed), "prerequisites": sorted(parsed.prerequisites)}
    fields = _changes(before, {name: after[name] for name in before})
    return Change("topic", parsed.slug, parsed.title, "update" if fields else "unchanged", fields)


def _question_change(content: Content, row: Question | None, overwrite: bool) -> Change:
    if row is None:
        return Change("question", content.slug, content.title, "create")
    current = of_row(row)
    fields = _changes({n: getattr(current, n) for n in NAMES}, {n: getattr(content, n) for n in NAMES})
    if not fields:
        return Change("question", content.slug, content.title, "unchanged")
    edited = current.digest() != row.file_digest
    action: Action = "kept" if edited and not overwrite else "update"
    return Change("question", content.slug, content.title, action, fields)


def _draft_change(row: Question) -> Change:
    status = FieldChange("status", row.status, Question.Status.DRAFT.value)
    return Change("question", row.slug, row.title, "draft", (status,))


# Storing


def _store_bank(parsed: ParsedBank, change: Change) -> Bank:
    bank, _ = Bank.objects.get_or_create(slug=parsed.slug, defaults={"title": parsed.title})
    if change.action != "unchanged":
        bank.title, bank.description = parsed.title, parsed.description
        bank.save()
    return bank


def _store_topics(parsed: ParsedBank, actions: Mapping[tuple[str, str], Change]) -> dict[str, Topic]:
    for topic in parsed.topics:
        if actions["topic", topic.slug].action != "unchanged":
            fields = {"title": topic.title, "order": topic.order, "intro": topic.intro}
            Topic.objects.update_or_create(slug=topic.slug, defaults=fields)
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    for parsed_topic in parsed.topics:  # once all exist, since topics may name later ones
        if actions["topic", parsed_topic.slug].action != "unchanged":
            topics[parsed_topic.slug].prerequisites.set([topics[slug] for slug in parsed_topic.prerequisites])
    return topics


def _store_question(content: Content, change: Change, row: Question | None, bank: Bank, topic: Topic) -> None:
    digest = content.digest()
    if change.action == "kept":
        return
    if row is not None and change.action == "unchanged":
        if row.file_digest != digest:
            Question.objects.filter(pk=row.pk).update(file_digest=digest)
        return
    row = row or Question(slug=content.slug)
    for name in NAMES:
        if name not in ("slug", "topic"):
            setattr(row, name, getattr(content, name))
    row.bank, row.topic, row.file_digest = bank, topic, digest
    row.save()
