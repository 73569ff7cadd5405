"""Makes pages out of templates: every value is escaped, every word is in the reader's language."""

import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from web.words import words

STATIC = Path(__file__).parent / "static"
_STYLE = f"/static/sodate.css?v={hashlib.sha256((STATIC / 'sodate.css').read_bytes()).hexdigest()[:12]}"
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


LINKED: Final = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Headers of a page whose address is a secret: it goes to no other site, and into no search engine."""


def page(name: str, language: str, *, status: int = 200, headers: dict[str, str] | None = None, **facts: object) -> HTMLResponse:
    """Render ``web/pages/<name>.html``. The template knows ``w`` (its words), ``language`` and ``facts``."""
    text = _PAGES.get_template(f"{name}.html").render(w=words(language), language=language, style=_STYLE, **facts)
    said = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return HTMLResponse(text, status, said | (headers or {}))


def message(language: str, code: str, *, status: int, headers: dict[str, str] | None = None, **values: object) -> HTMLResponse:
    """A page that says one thing: the sentence ``code`` of ``web.words``, under its title ``code_title``."""
    w = words(language)
    return page("message", language, status=status, headers=headers, title=w[f"{code}_title"], text=w[code].format(**values))
