"""How single Markdown elements become HTML: maths, code blocks, headings, tables."""

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")
_MAX_HIGHLIGHTED = 20_000  # characters; a longer block is shown plain, because lexers can be slow
_PLAIN = {"", "text", "txt", "plain", "none", "output"}


def math_inline(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Maths within a line; `$$...$$` within a paragraph is set in display style but stays a span."""
    display = " math--display" if tokens[index].markup == "$$" else " math--inline"
    return f'<span class="math{display}">{escape(tokens[index].content.strip())}</span>'


def math_block(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Maths on lines of its own."""
    return f'<div class="math math--display">{escape(tokens[index].content.strip())}</div>\n'


def code_block(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Fenced or indented code."""
    token = tokens[index]
    return code_figure(token.content, (token.info.split() or [""])[0].lower())


def code_figure(source: str, language: str) -> str:
    """Code, highlighted where its language is known, with the language as its caption."""
    lexer = _lexer(language)
    if lexer is None or len(source) > _MAX_HIGHLIGHTED:
        code = escape(source)
    else:
        code = highlight(source, lexer, _FORMATTER)
    label = f'<figcaption class="code__label">{escape(lexer.name)}</figcaption>' if lexer else ""
    return f'<figure class="code">{label}<pre tabindex="0"><code>{code}</code></pre></figure>\n'


def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


def heading(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """One level down: the page itself has the `h1`."""
    token = tokens[index]
    level = min(int(token.tag[1]) + 1, 6)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def table_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """A wide table scrolls in a box of its own instead of widening the page."""
    return '<div class="table-scroll"><table>\n'


def table_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


def cell_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Alignment as a class: the policy forbids style attributes."""
    token = tokens[index]
    align = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f'<{token.tag} class="align-{align}">' if align else f"<{token.tag}>"


RULES = {
    "math_inline": math_inline,
    "math_inline_double": math_inline,
    "math_block": math_block,
    "fence": code_block,
    "code_block": code_block,
    "heading_open": heading,
    "heading_close": heading,
    "table_open": table_open,
    "table_close": table_close,
    "th_open": cell_open,
    "td_open": cell_open,
}
