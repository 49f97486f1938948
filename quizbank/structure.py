"""Whether topics stand in a sensible order and ready-made sets find their questions."""

from collections import Counter
from collections.abc import Iterator, Mapping

from quizbank import format, prose, set_content
from quizbank.bank_files import SETS, ParsedBank
from quizbank.problems import BankError, Problem


def of_topics(bank: ParsedBank, files: Mapping[str, bytes] | None) -> Iterator[BankError]:
    """Each topic has an introduction and questions, and comes after what it builds on; so no cycle arises."""
    order = {topic.slug: topic.order for topic in bank.topics}
    counts = Counter(content.topic for content in bank.questions)
    is_known = prose.link_checker({c.slug for c in bank.questions}, order, None)
    for topic in bank.topics:
        name = f"{bank.slug}/{topic.slug}/topic.yaml"
        lines = format.load_yaml(name, format.decode(name, files[name]))[1] if files else {}
        problems = [Problem("intro", "an introduction is expected")] if not topic.intro else []
        if not counts[topic.slug]:
            problems.append(Problem("", "has no question: write one, or remove the topic"))
        for slug in topic.prerequisites:
            if order.get(slug, -1) >= topic.order:
                text = f"“{slug}” has the order {order[slug]}: what a topic builds on has to come before it"
                problems.append(Problem("prerequisites", text))
        for field, text in (("title", topic.title), ("intro", topic.intro)):
            problems += prose.problems(field, text, is_known)
        yield from (BankError(name, lines.get(p.field, 1) + p.offset, p.field, p.expected) for p in problems)


def of_sets(bank: ParsedBank) -> Iterator[BankError]:
    """A set names questions that exist and entries that are claimed, and its rules find enough."""
    slugs = {content.slug for content in bank.questions}
    claimed = {entry for content in bank.questions for entry in content.covers}
    is_known = prose.link_checker(slugs, {topic.slug for topic in bank.topics}, None)
    for one in bank.sets:
        problems = set_content.unknown_questions(one, slugs)
        problems += [
            Problem(path, f"no question covers “{entry}”")
            for path, entry in set_content.named(one, "covers")
            if entry not in claimed
        ]
        problems += set_content.rules_short_of_questions(one, bank.questions)
        texts = {"title": one.title, "description": one.description, "audience": one.audience}
        for field, text in texts.items():
            problems += prose.problems(field, text, is_known)
        name = f"{bank.slug}/{SETS}/{one.slug}.yaml"
        yield from (BankError(name, one.line(p.field) + p.offset, p.field, p.expected) for p in problems)
