"""What the demonstration has brought about, read from the store: the figures and the stories of its report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select
from sqlalchemy.ext.asyncio import AsyncSession

from demo import questions
from local.catcher import Letter
from nurture.stages import STAGES
from store.journeys import standings
from store.journeys.standings import Orphan
from store.leads import leads
from store.looks.timeline import Entry, story
from store.tables import Lead, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The headline. ``stopped`` were not sent, because they must not be."""

    leads: int
    enrolled: int
    sent: int
    stopped: int
    handoffs: int
    escalated: int
    customers: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """How often a letter went, by language."""

    campaign: str
    letter: str
    sent: int
    by_language: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRow:
    """Why leads were handed to reps, and what those answered. ``escalated`` are those whose deadline passed first."""

    reason: str
    opened: int
    escalated: int
    waiting: int
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """``settled`` were extended by the order system before a rep had an answer; ``deciding`` are open."""

    opened: int
    renewed: int
    lost: int
    settled: int
    deciding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLead:
    """Somebody whom something is still to be done for: the next wake-up, or an owner with a deadline."""

    name: str
    company: str
    stage: str
    track: str
    next_at: datetime | None
    owner: str
    deadline_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happened in a month."""

    first: date
    letters: int
    handoffs: int
    renewals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a story, and the file of the letter that it tells of."""

    entry: Entry
    letter: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that happened to one lead."""

    title: str
    name: str
    company: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it. ``doubled`` counts letters that arrived a second time, ``orphans`` are leads that would be forgotten."""

    since: datetime
    until: datetime
    totals: Totals
    letters: tuple[LetterRow, ...]
    doubled: int
    stopped: Mapping[str, int]
    handoffs: tuple[HandoffRow, ...]
    renewals: Renewals
    stages: Mapping[str, int]
    open_leads: tuple[OpenLead, ...]
    orphans: tuple[Orphan, ...]
    months: tuple[Month, ...]
    stories: tuple[Story, ...]


async def facts_of(session: AsyncSession, since: datetime, until: datetime, arrived: Sequence[Letter]) -> Facts:
    """Read everything. ``arrived`` are the letters that the catcher has."""

    async def ask(question: TextClause) -> list[dict[str, Any]]:
        """The answer's rows; a question names its columns as the fields of what is made of them."""
        return [row._asdict() for row in await session.execute(question.bindparams(**_wanted(question, since, until)))]

    times = Counter(letter.message_id for letter in arrived if letter.message_id)
    by_stage = await standings.by_stage(session)
    files = {letter.message_id: letter.path for letter in arrived}
    return Facts(
        since=since,
        until=until,
        totals=Totals(**(await ask(questions.TOTALS))[0]),
        letters=tuple(LetterRow(**row) for row in await ask(questions.LETTERS)),
        doubled=sum(n - 1 for n in times.values()),
        stopped={row["refusal"]: row["n"] for row in await ask(questions.STOPPED)},
        handoffs=tuple(HandoffRow(**row) for row in await ask(questions.HANDOFFS)),
        renewals=Renewals(**(await ask(questions.RENEWALS))[0]),
        stages={stage: by_stage.get(stage, 0) for stage in STAGES},
        open_leads=tuple(OpenLead(**row) for row in await ask(questions.OPEN_LEADS)),
        orphans=tuple(await standings.orphans(session, until)),
        months=tuple(Month(**row) for row in await ask(questions.MONTHS)),
        stories=tuple([await _story(session, title, lead, files) for title, lead in _one_each(await ask(questions.STORIES))]),
    )


def _one_each(fitting: Sequence[Mapping[str, Any]]) -> list[tuple[str, UUID]]:
    """For each title the first lead that fits and has no other title yet."""
    chosen: dict[str, UUID] = {}
    for row in fitting:
        title, lead = row["title"], row["lead_id"]
        if title not in chosen and lead not in chosen.values():
            chosen[title] = lead
    return [*chosen.items()]


def _wanted(question: TextClause, since: datetime, until: datetime) -> dict[str, datetime]:
    return {name: moment for name, moment in (("since", since), ("until", until)) if name in question._bindparams}


async def _story(session: AsyncSession, title: str, lead_id: UUID, files: Mapping[str, Path | None]) -> Story:
    lead = await session.get_one(Lead, lead_id)
    sent = await session.scalars(select(Touch).where(Touch.lead_id == lead_id, Touch.sent_at.is_not(None)))
    file_at = {touch.sent_at: files.get(touch.message_id or "") for touch in sent}
    return Story(
        title=title,
        name=leads.name_of(lead),
        company=await leads.company_of(session, lead),
        lines=tuple(
            Line(entry=entry, letter=file_at.get(entry.at) if entry.of == "letter" else None) for entry in await story(session, lead_id)
        ),
    )
