"""Contact sheets of all figures, light and dark, as the site's style sheet shows them.

    python -m devtools.figure_sheets docs/screenshots [NAME ...]

Needs Chromium and the development packages.
"""

import os
import sys
from base64 import b64encode
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
LAYOUT = """
body { padding: 24px; margin: 0; }
main { columns: 7; column-gap: 20px; }
main > div { margin-bottom: 20px; break-inside: avoid; }
.figure__name { font: 11px var(--mono); color: var(--ink-muted); }
"""


def page(names: list[str], theme: str) -> str:
    """One page with the figures of these names, or all."""
    from frontend import figures

    style = (ROOT / "frontend" / "dist" / "site.css").read_text(encoding="utf-8")
    font = b64encode((ROOT / "frontend" / "dist" / "fonts" / "sans.woff2").read_bytes()).decode()
    style = style.replace("./fonts/sans.woff2", f"data:font/woff2;base64,{font}")
    parts = []
    for name in names or sorted(figures.names()):
        found = figures.find(name)
        if found is None:
            sys.exit(f"There is no figure {name}.")
        caption = f'<figcaption class="figure__caption">{escape(found.title)}</figcaption>'
        label = f'<p class="figure__name">{name}</p>'
        parts.append(f'<div><figure class="figure">{found.svg()}{caption}</figure>{label}</div>')
    body = f"<main>{''.join(parts)}</main>"
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        f"<style>{style}{LAYOUT}</style><body>{body}</body></html>"
    )


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(f"usage: python -m devtools.figure_sheets FOLDER [NAME ...]\n{__doc__}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STRIDE_VAR", TemporaryDirectory().name)
    from playwright.sync_api import sync_playwright

    out = Path(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for theme in ("light", "dark"):
            sheet = browser.new_page(viewport={"width": 2100, "height": 900}, color_scheme=theme)
            sheet.set_content(page(sys.argv[2:], theme))
            sheet.evaluate("document.fonts.ready")
            sheet.screenshot(path=str(out / f"figures-{theme}.png"), full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
