"""The site's icons: strokes on a 24 by 24 grid, in the colour of the text around them."""

PATHS = {
    "arrow-left": "M19 12H5M11 6l-6 6 6 6",
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron-down": "M6 9.5l6 6 6-6",
    "chevron-right": "M9.5 6l6 6-6 6",
    "clock": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 1.8",
    "code": "M8.5 7.5L4 12l4.5 4.5M15.5 7.5L20 12l-4.5 4.5",
    "copy": "M9 9h10v10H9zM6 15H5V5h10v1",
    "cross": "M6.5 6.5l11 11M17.5 6.5l-11 11",
    "down": "M12 5v14M6 13l6 6 6-6",
    "eye": "M3 12s3.2-6 9-6 9 6 9 6-3.2 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "flag": "M6 20V4.5h11l-2.5 4 2.5 4H6",
    "grip": "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
    "history": "M5 5v4h4M5.3 9A7.5 7.5 0 1 1 4.5 12M12 8v4.5l3 1.8",
    "info": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11.5V16M12 8h.01",
    "keyboard": "M3.5 6.5h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
    "lightbulb": "M9 17.5h6M10 20.5h4"
    "M12 3.5a6 6 0 0 0-3.6 10.8c.6.5.9 1 1 1.7h5.2c.1-.7.4-1.2 1-1.7A6 6 0 0 0 12 3.5z",
    "list": "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01",
    "lock": "M6.5 11h11v8.5h-11zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "monitor": "M4 5h16v11H4zM9 20h6M12 16v4",
    "moon": "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
    "play": "M8 5.5v13l10.5-6.5z",
    "plus": "M12 5v14M5 12h14",
    "refresh": "M19 5v4.5h-4.5M18.6 9.5A7.5 7.5 0 1 0 19.5 13",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20",
    "send": "M4.5 12L20 4.5 14.5 20l-3-6.5z",
    "sun": "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21"
    "M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
    "up": "M12 19V5M6 11l6-6 6 6",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5",
    "warning": "M12 4.5l8.5 15h-17zM12 10v4.5M12 17h.01",
}


def svg(name: str) -> str:
    """The icon as SVG text; raises KeyError for a name that does not exist."""
    return (
        f'<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true" focusable="false">'
        f'<path d="{PATHS[name]}"/></svg>'
    )
