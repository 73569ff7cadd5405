"""What a letter may say: to whom it goes, who sends it, and where its links lead."""

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import Any, Final

_NOT_IN_A_LINE: Final = ("Cc", "Cs", "Zl", "Zp")
"""Unicode's control characters, halves of characters, and separators of lines and paragraphs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """The person a letter goes to, as ``lead`` in templates. What is not known is empty. ``salutation`` is in the letter's language."""

    given_name: str = ""
    family_name: str = ""
    company: str = ""
    title: str = ""

    def name_in(self, language: str) -> str:
        """The whole name as it is written in that language: the family's first in Japanese."""
        names = (self.family_name, self.given_name) if language == "ja" else (self.given_name, self.family_name)
        return one_line(" ".join(names))

    def salutation_in(self, language: str) -> str:
        """``Dear Ada`` or ``Hello``; in Japanese company, title and name with 様. Punctuation is the letter's own."""
        if language != "ja":
            return f"Dear {one_line(self.given_name)}" if self.given_name.strip() else "Hello"
        name = self.family_name.strip() or self.given_name.strip()
        words = (self.company, self.title, f"{name} 様") if name else (self.company, "ご担当者様")
        return one_line(" ".join(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, as ``sender`` in templates: the From line, and what the law wants to be read in every letter.

    ``contact`` is where complaints go: an address or a telephone number. Replies go to ``reply_to``, else to ``address``.
    """

    name: str
    address: str
    legal_name: str
    postal_address: str
    contact: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the links of a letter lead, as ``links`` in templates. Each is a whole URL."""

    unsubscribe: str
    preferences: str
    """Where the lead chooses what it gets, and how often."""
    site: str
    confirm: str = ""
    """Where a consent is confirmed; in the letter that asks for that alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a template may use."""

    lead: Addressee
    sender: Sender
    links: Links


_OF_LEAD, _OF_SENDER, _OF_LINKS = (tuple(field.name for field in fields(kind)) for kind in (Addressee, Sender, Links))
NAMES: Final = {"lead": (*_OF_LEAD, "salutation"), "sender": _OF_SENDER, "links": _OF_LINKS, "language": ()}
"""Every name that templates know, each with what may follow its dot."""


def as_template_values(facts: Facts, language: str) -> dict[str, Any]:
    """The facts under the names of ``NAMES``. Whatever is known of a lead comes as one line, because a visitor may have typed it."""
    lead = {name: one_line(getattr(facts.lead, name)) for name in _OF_LEAD}
    return {
        "lead": lead | {"salutation": facts.lead.salutation_in(language)},
        "sender": {name: getattr(facts.sender, name) for name in _OF_SENDER},
        "links": {name: getattr(facts.links, name) for name in _OF_LINKS},
        "language": language,
    }


def one_line(text: str) -> str:
    """The text without line breaks and control characters, and with single spaces: safe as a header of a message."""
    if not text.isprintable():  # which is quick to tell; some characters that are not may stay
        text = "".join(" " if unicodedata.category(character) in _NOT_IN_A_LINE else character for character in text)
    if "  " in text:
        text = re.sub(r" +", " ", text)
    return text.strip()
