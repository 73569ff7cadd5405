"""The range of stages that a rep looks after, as it is chosen on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.stage_names import STAGE_NAMES
from store.looks.ranking import WrongRange, known_stages, stages_between
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRange:
    """What was chosen. ``stages`` is None for all; ``wrong`` says so where the range does not exist; ``known`` can be chosen."""

    first: str
    last: str
    stages: tuple[str, ...] | None
    wrong: str
    known: tuple[tuple[str, str], ...]

    @property
    def query(self) -> dict[str, str]:
        """What keeps the choice in a link."""
        return {} if self.stages is None else {"stages": f"{self.first}..{self.last}"}

    def link(self, path: str, **more: str) -> str:
        """A link to a page that keeps the choice."""
        query = urlencode({**more, **self.query}, safe=".")
        return f"{path}?{query}" if query else path


async def chosen(request: Request, session: AsyncSession, language: str) -> StageRange:
    """The range that a request asks for: ``?stages=interest..consideration``, or ``from`` and ``to`` as the form sends them."""
    asked: Mapping[str, str] = request.query_params
    wanted = asked.get("stages") or f"{asked.get('from', '')}..{asked.get('to', '')}"
    first, dots, last = (part.strip().lower() for part in wanted.partition(".."))
    known = tuple((stage, stage_name(stage, language)) for stage in await known_stages(session))
    if not (first or last):
        return StageRange(first="", last="", stages=None, wrong="", known=known)
    try:
        return StageRange(first=first, last=last if dots else first, stages=stages_between(wanted), wrong="", known=known)
    except WrongRange:
        return StageRange(first="", last="", stages=None, wrong=words(language)["no_range"], known=known)


def stage_name(stage: str, language: str) -> str:
    """How pages call a stage."""
    return next((name for (_, known), name in STAGE_NAMES.get(language, {}).items() if known == stage), stage)
