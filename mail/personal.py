"""Letters in a rep's own words: drafts to begin with, and how the text that a rep wrote becomes a letter with both of its parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mail.facts import Facts, as_template_values, one_line
from mail.letters import Letters, Rendered, tidy
from mail.templates import LetterError

DRAFTS: Final = "_drafts"
"""The folder of drafts: ``<name>.<language>.txt``, the subject in the first line. No campaign can be called like it."""

_LAYOUT: Final = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter to begin with, as the rep may change it."""

    name: str
    language: str
    subject: str = ""
    text: str = ""


def names_of_drafts(letters: Letters, language: str) -> Sequence[str]:
    """The drafts that there are in a language."""
    ending = f".{language}.txt"
    return sorted(path.name.removesuffix(ending) for path in (letters.folder / DRAFTS).glob(f"*{ending}"))


def draft(letters: Letters, name: str, language: str, facts: Facts) -> Draft:
    """A draft with what is known of the lead filled in. Raises LetterError."""
    if name not in names_of_drafts(letters, language):
        raise LetterError(f"{letters.folder / DRAFTS}: there is no draft {name!r} in {language!r}")
    written = letters.fill_text(f"{DRAFTS}/{name}.{language}.txt", as_template_values(facts, language))
    subject, _, text = written.strip().partition("\n")
    return Draft(name=name, language=language, subject=one_line(subject), text=tidy(text))


def as_letter(letters: Letters, subject: str, text: str, language: str, facts: Facts) -> Rendered:
    """The letter that a rep's words make: a paragraph for every empty line, and below it what the law asks for. Raises LetterError."""
    said = tidy(text)
    paragraphs = [[line for line in paragraph.splitlines() if line] for paragraph in re.split(r"\n{2,}", said.strip())]
    values = as_template_values(facts, language) | {
        "letter": {"subject": one_line(subject), "text": said.strip(), "paragraphs": paragraphs}
    }
    return letters.with_layout(_LAYOUT, values, language)
