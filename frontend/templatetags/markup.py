"""`{{ text|markdown }}`, `{{ text|markdown_inline }}`, `{{ source|code:"python" }}`, `{% icon "check" %}`."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from frontend import icons, renderers
from frontend import markup as renderer

register = template.Library()


@register.filter
def markdown(text: object) -> SafeString:
    """A whole Markdown text as safe HTML; put it inside an element of class `prose`."""
    return renderer.render(_text(text))


@register.filter
def markdown_inline(text: object) -> SafeString:
    """One line of Markdown as safe HTML, without a paragraph."""
    return renderer.render_inline(_text(text))


@register.filter
def code(source: object, language: str = "") -> SafeString:
    """A block of highlighted code."""
    return mark_safe(renderers.code_figure(_text(source), language))  # noqa: S308  escaped by the highlighter


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline SVG in the colour of the text, hidden from screen readers: give it a text beside it."""
    return mark_safe(icons.svg(name))  # noqa: S308  built from constants


def _text(value: object) -> str:
    return "" if value is None else str(value)
