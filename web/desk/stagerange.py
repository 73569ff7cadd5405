"""The range of stages that is shown to a rep: the one that they look after, or another that they choose on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.stage_names import STAGE_NAMES
from nurture.stage_ranges import WrongRange, ends, stages_between
from store.looks.ranking import known_stages
from web.words import words

_ALL: Final = "all"
"""Instead of a range: every stage, also for somebody who looks after some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRange:
    """What is shown. ``stages`` is None for all; ``wrong`` says so where the range does not exist; ``known`` can be chosen.

    ``own`` is the range that the person looks after, in words, and empty for all. It is shown (``is_own``) unless another is asked for.
    """

    first: str = ""
    last: str = ""
    stages: tuple[str, ...] | None = None
    wrong: str = ""
    known: tuple[tuple[str, str], ...]
    own: str = ""
    is_own: bool = False

    @property
    def query(self) -> dict[str, str]:
        """What keeps the choice in a link."""
        if self.is_own or (self.stages is None and not self.own):
            return {}
        return {"stages": _ALL if self.stages is None else f"{self.first}..{self.last}"}

    def link(self, path: str, **more: str) -> str:
        """A link to a page that keeps the choice."""
        query = urlencode({**more, **self.query}, safe=".")
        return f"{path}?{query}" if query else path


async def chosen(request: Request, session: AsyncSession, language: str, own: str) -> StageRange:
    """The range that a request asks for: ``?stages=interest..consideration``, or ``from`` and ``to`` as the form sends them.

    Without any it is ``own``, the range of the person who asks; ``?stages=all`` is every stage.
    """
    asked: Mapping[str, str] = request.query_params
    first, last = ends(asked.get("stages") or f"{asked.get('from', '')}..{asked.get('to', '')}")
    is_own = bool(own) and asked.keys().isdisjoint(("stages", "from", "to"))
    if is_own:
        first, last = ends(own)
    known = tuple((stage, stage_name(stage, language)) for stage in await known_stages(session))
    theirs = range_name(own, language)
    if not (first or last) or first == _ALL:
        return StageRange(known=known, own=theirs)
    try:
        stages = stages_between(f"{first}..{last}")
    except WrongRange:
        return StageRange(wrong=words(language)["no_range"], known=known, own=theirs)
    return StageRange(first=first, last=last, stages=stages, known=known, own=theirs, is_own=is_own)


def range_name(wanted: str, language: str) -> str:
    """How pages call a range of stages; empty for all."""
    first, last = (stage_name(stage, language) for stage in ends(wanted))
    if first == last:
        return first
    shape = "stages_between" if first and last else "stages_on" if first else "stages_up_to"
    return words(language)[shape].format(first=first, last=last)


def stage_name(stage: str, language: str) -> str:
    """How pages call a stage."""
    return next((name for (_, known), name in STAGE_NAMES.get(language, {}).items() if known == stage), stage)
