"""A letter as one lead would get it, written to be looked at: nothing goes or is counted, and its links refuse nothing for anybody."""

import re
from dataclasses import replace
from typing import Final
from uuid import UUID

from mail.facts import Facts, Links
from mail.letters import Letters, Rendered
from mail.links import preferences_url, unsubscribe_url
from mail.templates import name_of_letter
from mail.written import flaws_of, pages_of
from nurture.plan.campaign import Campaign
from nurture.plan.problems import Problem

NOBODY: Final = UUID(int=0)
"""Whose links are in letters that are only looked at."""


_NAME: Final = re.compile(r"[a-z0-9_-]+")
_ANY_SITE: Final = "https://example.com"


def links_of_nobody(base: str, secret: str, topic: str) -> Links:
    """Links that open the pages that they open for everyone, and change nothing there."""
    return Links(
        unsubscribe=unsubscribe_url(base, secret, NOBODY, topic), preferences=preferences_url(base, secret, NOBODY, topic), site=base
    )


def languages_of(letters: Letters, campaign: str, letter: str) -> list[str]:
    """The languages that a letter is written in; none for what is no name of a letter."""
    if not _NAME.fullmatch(letter):
        return []
    return sorted(file.name.split(".")[1] for file in (letters.folder / campaign).glob(f"{letter}.??.html"))


def previewed(letters: Letters, campaign: Campaign, letter: str, language: str, facts: Facts) -> tuple[Rendered, list[Problem]]:
    """The letter by the renderer that all letters go by, and what is wrong with it for this very lead. Raises LetterError."""
    rendered = letters.render(campaign.name, letter, language, language, facts)
    safe = replace(facts, links=links_of_nobody(_ANY_SITE, _ANY_SITE, campaign.topic))  # what is tried on one machine is not on https
    checked = letters.render(campaign.name, letter, language, language, safe)
    file = letters.folder / name_of_letter(campaign.name, letter, language)
    return rendered, [flaw.problem(file, letters.folder) for flaw in flaws_of(checked, safe, pages_of(letters.folder))]
