"""The letter with the link by which somebody of the team signs in."""

import logging
from datetime import datetime
from html import escape

from mail.answers import SendError
from mail.letters import Rendered
from mail.single import send_single
from settings import Settings
from store.tables import Colleague
from web.words import words

log = logging.getLogger(__name__)


async def send_link(settings: Settings, person: Colleague, url: str, language: str, now: datetime) -> None:
    """Send the link in the way in which all letters go. A letter that does not go is a line in the log, without a name."""
    written = _written(person, url, person.language or language)
    try:
        await send_single(settings, written, to=person.address, to_name=person.name, now=now)
    except SendError as failure:
        log.error("a link to sign in was not sent: %s", type(failure).__name__)


def _written(person: Colleague, url: str, language: str) -> Rendered:
    w = words(language)
    text = w["signin_letter_text"].format(name=person.name, url=url)
    link = f'<a href="{escape(url)}">{escape(w["signin_link_button"])}</a>'
    paragraphs = w["signin_letter_text"].format(name=escape(person.name), url=link).split("\n\n")
    body = "\n".join(f"<p>{one}</p>" for one in paragraphs)
    html = f'<!doctype html>\n<html lang="{language}"><body>\n{body}\n</body></html>\n'
    return Rendered(subject=w["signin_letter_subject"], html=html, text=text, language=language)
