"""What a request tells about who makes it: language, address, and whether a person or a program reads the answer."""

from collections.abc import Mapping

from fastapi import Request

from store.tables import Lead
from web.words import LANGUAGES


def language_of(request: Request) -> str:
    """The visitor's first choice among the languages that pages have; English when none is."""
    choices = []
    for place, part in enumerate(request.headers.get("accept-language", "").split(",")[:20]):
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        language = tag.split("-")[0].lower()
        if language in LANGUAGES and quality > 0:
            choices.append((-quality, place, language))
    return min(choices)[2] if choices else LANGUAGES[0]


def language_said(request: Request, fields: Mapping[str, object]) -> str:
    """The language of the page that sends this, where it says so and pages have it, else the visitor's."""
    said = fields.get("language")
    language = said.lower().split("-")[0] if isinstance(said, str) else ""
    return language if language in LANGUAGES else language_of(request)


def readers_language(request: Request, lead: Lead | None) -> str:
    """The language of a page that a letter leads to: the lead's, where pages have it, else the visitor's."""
    return lead.language if lead is not None and lead.language in LANGUAGES else language_of(request)


def address_of(request: Request) -> str:
    """The client's address, as the server or a proxy that it trusts gives it."""
    return request.client.host if request.client else ""


def wants_no_tracking(request: Request) -> bool:
    """Whether the browser says so, by Do Not Track or Global Privacy Control."""
    return "1" in (request.headers.get("dnt"), request.headers.get("sec-gpc"))


def wants_json(request: Request) -> bool:
    """A program sends or asks for JSON, or comes to the API; everyone else gets pages and redirects."""
    if request.url.path.startswith("/api/"):
        return True
    accept = request.headers.get("accept", "").lower()
    return media_type(request) == "application/json" or ("application/json" in accept and "text/html" not in accept)


def is_a_page(request: Request) -> bool:
    """A person looks at the answer: a browser goes there, and it is no script that asks in the background."""
    return not wants_json(request) and request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def media_type(request: Request) -> str:
    """The kind of body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def proof_of(request: Request, text: str, page: str) -> dict[str, object]:
    """What proves a consent: the text that was shown, on which page, and who was there."""
    return {"text": text, "page": page, "ip": address_of(request), "user_agent": header(request, "user-agent")}


def header(request: Request, name: str, longest: int = 500) -> str:
    """A header as text that can be stored: printable, and cut to ``longest``."""
    return "".join(c for c in request.headers.get(name, "") if c.isprintable())[:longest]
