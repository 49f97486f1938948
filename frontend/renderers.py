"""How single Markdown elements become HTML: maths, code blocks, figures, headings, tables."""

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from frontend.figures import SCHEME, find

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


def figure(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """One of the site's figures: a place for the drawing, which follows after sanitising, and its caption."""
    image = tokens[index].meta["image"]
    name = str(image.attrGet("src")).removeprefix(SCHEME)
    caption = self.renderInline(image.children or [], options, env)
    found = find(name)
    if found is None:
        return f"<p><em>There is no figure “{escape(name)}”.</em> {caption}</p>\n"
    mark = env["drawings"].place(found.svg(str(image.attrGet("title") or "")))
    caption = caption or escape(found.title)
    return (
        f'<figure class="figure">{mark}<figcaption class="figure__caption">{caption}</figcaption></figure>\n'
    )


def image(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """A picture; a figure inside a line of text, where there is no room for it, is only named."""
    if is_figure(tokens[index]):
        found = find(str(tokens[index].attrGet("src")).removeprefix(SCHEME))
        return f"<em>{escape(tokens[index].content or (found.title if found else 'figure'))}</em>"
    return self.image(tokens, index, options, env)


def is_figure(token: Token) -> bool:
    return token.type == "image" and str(token.attrGet("src")).startswith(SCHEME)


def paragraphs_of_figures(state: StateCore) -> None:
    """A paragraph that is one figure becomes that figure: a figure element may not stand in a paragraph."""
    tokens, kept = state.tokens, []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        content = tokens[index + 1].children if token.type == "paragraph_open" else None
        if content and len(content) == 1 and is_figure(content[0]):
            kept.append(Token("figure", "figure", 0, meta={"image": content[0]}, block=True))
            skip = 2
        else:
            kept.append(token)
    state.tokens = kept


RULES = {
    "figure": figure,
    "image": image,
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
