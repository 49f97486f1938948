"""Banks from files: compare them with the database, store them, and write them back out.

    parsed = bank_files.read_bank(files)       # a bank whose files are in order
    changes = loading.difference(parsed)       # what `apply` would do; writes nothing
    changes = loading.apply(parsed)            # all or nothing

A question remembers the fingerprint of the file that it was last loaded from (`Question.file_digest`). By
that the loader tells three cases apart that look alike: the file has changed, an instructor has edited the
row since, or both.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.db import transaction

from quizbank import format, set_content
from quizbank.bank_files import SETS, ParsedBank, ParsedTopic
from quizbank.content import NAMES, Content, of_row
from quizbank.models import Bank, Question, QuestionSet, Topic
from quizbank.problems import BankError, BankErrors
from quizbank.set_content import SetContent

Action = Literal["create", "update", "unchanged", "draft", "kept"]
Missing = Literal["draft", "keep"]


@dataclass(frozen=True)
class FieldChange:
    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What happens to one bank, topic, question or set.

    `draft`: gone from the files, so it is hidden but keeps its attempts. `kept`: edited in the admin since
    it was loaded, so the file does not overwrite it.
    """

    what: Literal["bank", "topic", "question", "set"]
    slug: str
    title: str
    action: Action
    fields: tuple[FieldChange, ...] = field(default=())


def difference(parsed: ParsedBank, *, overwrite: bool = True, missing: Missing = "draft") -> list[Change]:
    """What `apply` with the same arguments would do. Raises BankErrors where it would."""
    existing = {q.slug: q for q in Question.objects.select_related("bank", "topic")}
    sets = {s.slug: s for s in QuestionSet.objects.select_related("bank")}
    _check_taken(parsed, existing)
    _check_sets(parsed, existing, sets)
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
    return changes + _set_changes(parsed, sets, overwrite, missing)


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
    _store_sets(parsed, actions, bank)
    for change in changes:
        if change.what == "question" and change.action == "draft":
            row = rows[change.slug]
            row.status = Question.Status.DRAFT
            row.file_digest = of_row(row).digest()
            row.save()
    return changes


def files_of(bank: Bank) -> dict[str, bytes]:
    """The files of a stored bank; `read_bank` reads the same bank back."""
    questions = list(bank.questions.select_related("topic").order_by("topic__order", "slug"))
    topics = _with_prerequisites({question.topic for question in questions})
    files = {f"{bank.slug}/bank.yaml": _yaml({"title": bank.title, "description": bank.description})}
    for topic in topics:
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
    slugs = {question.slug for question in questions}
    for row in bank.sets.order_by("order", "slug"):
        files[f"{bank.slug}/{SETS}/{row.slug}.yaml"] = _yaml(_without_gone(set_content.write(row), slugs))
    return files


def _without_gone(data: dict[str, Any], slugs: set[str]) -> dict[str, Any]:
    """A set's file may name existing questions only: a question that was deleted leaves its sets."""
    if "sections" in data:
        return {**data, "sections": [_without_gone(section, slugs) for section in data["sections"]]}
    if "questions" in data:
        return {**data, "questions": [slug for slug in data["questions"] if slug in slugs]}
    return data


def _with_prerequisites(topics: set[Topic]) -> list[Topic]:
    """These topics and all that they build on, so that the files can be read where none of them exists."""
    found, waiting = set(topics), list(topics)
    while waiting:
        new = set(waiting.pop().prerequisites.all()) - found
        found |= new
        waiting += new
    return sorted(found, key=lambda topic: (topic.order, topic.slug))


def _yaml(data: dict[str, Any]) -> bytes:
    return format.yaml_text.dump(
        {name: value for name, value in data.items() if value or name in ("title", "questions")}
    ).encode()


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


def _check_sets(
    parsed: ParsedBank, questions: Mapping[str, Question], sets: Mapping[str, QuestionSet]
) -> None:
    """A set's slug belongs to one bank, and the questions that it names are this bank's."""
    slugs = {content.slug for content in parsed.questions}
    slugs |= {slug for slug, row in questions.items() if row.bank.slug == parsed.slug}
    errors = []
    for one in parsed.sets:
        name = f"{parsed.slug}/{SETS}/{one.slug}.yaml"
        if one.slug in sets and sets[one.slug].bank.slug != parsed.slug:
            errors.append(BankError(name, 0, "slug", f"is taken by the bank “{sets[one.slug].bank}”"))
        problems = set_content.unknown_questions(one, slugs)
        errors += [BankError(name, one.line(p.field), p.field, p.expected) for p in problems]
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


def _set_changes(
    parsed: ParsedBank, sets: Mapping[str, QuestionSet], overwrite: bool, missing: Missing
) -> list[Change]:
    changes = [_set_change(content, sets.get(content.slug), overwrite) for content in parsed.sets]
    if missing == "draft":
        slugs = {content.slug for content in parsed.sets}
        mine = [row for row in sets.values() if row.bank.slug == parsed.slug and row.slug not in slugs]
        gone = [row for row in mine if row.file_digest and row.status != QuestionSet.Status.DRAFT]
        status = QuestionSet.Status.DRAFT.value
        changes += [
            Change("set", row.slug, row.title, "draft", (FieldChange("status", row.status, status),))
            for row in gone
        ]
    return changes


def _set_change(content: SetContent, row: QuestionSet | None, overwrite: bool) -> Change:
    if row is None:
        return Change("set", content.slug, content.title, "create")
    current = set_content.of_row(row)
    fields = _changes(set_content.as_data(current), set_content.as_data(content))
    if not fields:
        return Change("set", content.slug, content.title, "unchanged")
    edited = current.digest() != row.file_digest
    return Change(
        "set", content.slug, content.title, "kept" if edited and not overwrite else "update", fields
    )


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


def _store_sets(parsed: ParsedBank, actions: Mapping[tuple[str, str], Change], bank: Bank) -> None:
    for content in parsed.sets:
        if actions["set", content.slug].action == "kept":
            continue
        values = {name: value for name, value in set_content.as_data(content).items() if name != "slug"}
        QuestionSet.objects.update_or_create(
            slug=content.slug, defaults={**values, "bank": bank, "file_digest": content.digest()}
        )
    for (what, slug), change in actions.items():
        if what == "set" and change.action == "draft":
            row = QuestionSet.objects.get(slug=slug)
            row.status = QuestionSet.Status.DRAFT
            row.file_digest = set_content.of_row(row).digest()
            row.save()
