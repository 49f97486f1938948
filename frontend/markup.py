"""Markdown with maths and highlighted code, made into HTML that is safe to show.

The text comes from question banks, statements and learners, so it is hostile: raw HTML in it is shown as
text, and what the renderer makes is sanitised again against a short list of elements. Maths stays TeX inside
`<span class="math math--inline">` or `<div class="math math--display">`; a browser typesets it, and without
scripts the TeX can still be read.

A text names a figure of the site with `![caption](figure:name)`. Its drawing never passes through the text:
the renderer leaves a mark that nobody can guess, and the checked SVG takes its place after sanitising.
"""

import secrets
from functools import cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from frontend import renderers

MAX_CHARACTERS = 100_000

_SPAN_TAGS = {"a", "br", "code", "del", "em", "img", "span", "strong"}
_BLOCK_TAGS = {
    *("blockquote", "div", "figcaption", "figure", "hr", "li", "ol", "p", "pre", "ul"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "pre": {"tabindex"},
    **{tag: {"class"} for tag in ("code", "div", "figcaption", "figure", "span", "td", "th")},
}
_URL_SCHEMES = {"http", "https", "mailto"}


def render(text: str) -> SafeString:
    """The HTML of a whole Markdown text; a text that is too long is cut and says so."""
    return _render(text, inline=False)


def render_inline(text: str) -> SafeString:
    """The HTML of one line of Markdown, without a paragraph around it: titles, options, rubric points."""
    return _render(text, inline=True)


def _render(text: str, *, inline: bool) -> SafeString:
    if len(text) > MAX_CHARACTERS:
        return _too_long(text, inline=inline)
    markdown = _markdown()
    drawings = Drawings()
    env = {"drawings": drawings}
    html = markdown.renderInline(text, env) if inline else markdown.render(text, env)
    return mark_safe(drawings.put_into(_sanitise(html, inline=inline)))  # noqa: S308  sanitised in this line


class Drawings:
    """The drawings of one text, and the marks that keep their places while the text is sanitised."""

    def __init__(self) -> None:
        self._secret = secrets.token_hex(16)
        self._drawings: list[str] = []

    def place(self, svg: str) -> str:
        """A mark that stands for a drawing."""
        self._drawings.append(svg)
        return f"{self._secret}-{len(self._drawings) - 1}-"

    def put_into(self, html: str) -> str:
        """The text with the drawings at their marks."""
        for index, svg in enumerate(self._drawings):
            html = html.replace(f"{self._secret}-{index}-", svg)
        return html


def _too_long(text: str, *, inline: bool) -> SafeString:
    """Plain text of bounded length: parsing is what costs time, and nobody reads more than this."""
    message = (
        f"This text has {len(text):,} characters; the first {MAX_CHARACTERS:,} are shown, without formatting."
    )
    if inline:
        return mark_safe(escape(text[:MAX_CHARACTERS]))  # noqa: S308  escaped
    body = f'<p>{escape(message)}</p><pre tabindex="0">{escape(text[:MAX_CHARACTERS])}</pre>'
    return mark_safe(body)  # noqa: S308  escaped


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)
    markdown.core.ruler.push("figures", renderers.paragraphs_of_figures)
    for name, rule in renderers.RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _sanitise(html: str, *, inline: bool) -> str:
    return nh3.clean(
        html,
        tags=_SPAN_TAGS if inline else _SPAN_TAGS | _BLOCK_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes=_URL_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Pictures come from this site only: the content security policy would block any other."""
    if tag == "img" and attribute == "src" and (not value.startswith("/") or value.startswith("//")):
        return None
    return value
