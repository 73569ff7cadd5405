"""What operators have stopped: all letters, or those of a campaign. Nothing is lost by it: what is due waits, and goes on when it may."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from store.mail import pace
from store.tables import Stop

EVERYTHING: Final = ""
"""In the place of a campaign's name: all letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A stop that stands. ``campaign`` is empty where it is for all letters."""

    campaign: str
    because: str
    stopped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLead:
    """A lead on hold until a day, in its zone."""

    lead_id: UUID
    since: datetime
    until: date


_STANDING: Final = (Stop.campaign, Stop.because, Stop.stopped_at)


def lane_of(campaign: str) -> str:
    """Where letters wait for a stop to be lifted."""
    return f"stop {campaign}".rstrip()


async def of_letter(session: AsyncSession, campaign: str) -> str | None:
    """What stops a letter of this campaign: its campaign's name, or the empty one; None where nothing does.

    A stop that is found cannot be lifted before the transaction ends, so that whoever lifts it finds every letter that waits.
    """
    found: str | None = await session.scalar(_OF_LETTER, {"campaign": campaign})
    return found


async def all_standing(session: AsyncSession) -> list[Standing]:
    """Every stop that stands, the oldest first."""
    rows = await session.execute(select(*_STANDING).where(Stop.lifted_at.is_(None)).order_by(Stop.stopped_at))
    return [Standing(**row._asdict()) for row in rows]


async def stop(session: AsyncSession, campaign: str, because: str, now: datetime) -> bool:
    """From here on no letter of this campaign goes, or none at all; False where that is so already."""
    row = {"id": uuid7(), "campaign": campaign, "because": because, "stopped_at": now}
    written = insert(Stop).values(row).on_conflict_do_nothing(index_elements=["campaign"], index_where=Stop.lifted_at.is_(None))
    return await session.scalar(written.returning(Stop.id)) is not None


async def lift(session: AsyncSession, campaign: str, now: datetime) -> int | None:
    """Letters go on; says how many had waited, or None where nothing was stopped."""
    lifted = update(Stop).where(Stop.lifted_at.is_(None), Stop.campaign == campaign).values(lifted_at=now).returning(Stop.id)
    if await session.scalar(lifted, execution_options={"synchronize_session": False}) is None:
        return None
    return await pace.go_on(session, lane_of(campaign), now)


async def held(session: AsyncSession) -> list[HeldLead]:
    """Every lead that a human has put on hold, the longest first."""
    return [HeldLead(**row._asdict()) for row in await session.execute(_HELD)]


_HELD = text("""
    SELECT standings.lead_id, last.at AS since, held_until AS until
    FROM standings CROSS JOIN LATERAL (
        SELECT kind, at, facts FROM engagements WHERE engagements.lead_id = standings.lead_id AND kind IN ('held', 'released')
        ORDER BY seq DESC LIMIT 1
    ) AS last
    WHERE open AND held_until IS NOT NULL AND last.kind = 'held' AND last.facts ->> 'until' = CAST(held_until AS text)
    ORDER BY last.at, standings.lead_id
""")

_OF_LETTER = text("""
    SELECT campaign FROM stops WHERE lifted_at IS NULL AND campaign IN ('', :campaign) ORDER BY campaign LIMIT 1 FOR SHARE
""")
