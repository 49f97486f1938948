"""What pages of other parts show of the question bank."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.db.models import QuerySet

from quizbank.models import Question, Topic

register = template.Library()


@register.simple_tag
def theory(slugs: Sequence[str]) -> QuerySet[Question]:
    """The published questions with these slugs."""
    return Question.objects.published().filter(slug__in=slugs).select_related("topic").order_by("slug")


@register.simple_tag
def in_topics(entries: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Entries of exercises under the titles of their topics, in the order of `topic_titles`."""
    groups: dict[str, list[Any]] = {}
    for entry in entries:
        groups.setdefault(entry.exercise.topic, []).append(entry)
    return [(title, groups[slug]) for slug, title in topic_titles(groups)]


@register.simple_tag
def topic_titles(slugs: Iterable[str]) -> list[tuple[str, str]]:
    """(slug, title) of topics in the order of the bank; those that it does not have last, in words."""
    wanted = list(slugs)
    known = {topic.slug: topic.title for topic in Topic.objects.filter(slug__in=wanted)}
    rest = {slug: slug.replace("-", " ").capitalize() for slug in sorted(set(wanted) - set(known))}
    return [*known.items(), *rest.items()]
