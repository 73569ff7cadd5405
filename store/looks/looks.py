"""What the doctor saw, look by look, so that trouble that comes or goes is noticed by whoever was not there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from store.tables import Look

WORKER: Final = "worker"
COMMAND: Final = "command"

_KEPT: Final = timedelta(days=400)
_NAMED: Final = 1_000
"""How many findings a look names; their number by kind is always whole."""

_LOCK: Final = 7_305_100_007
"""One worker looks at a time: the number of an advisory lock that nothing else takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """One look. ``found`` and ``repaired`` count by kind; ``away`` says why Temporal was not asked, where it was not."""

    id: UUID
    at: datetime
    by: str
    open: int
    looked_up: int
    away: str
    found: dict[str, int]
    repaired: dict[str, int]
    leads: list[str]
    told_at: datetime | None


async def keep(
    session: AsyncSession,
    *,
    at: datetime,
    by: str,
    open: int,
    looked_up: int,
    away: str,
    found: Iterable[tuple[str, UUID]],
    repaired: dict[str, int],
) -> LookRow:
    """Keep a look: each finding as its kind and its lead, and how many of each kind were repaired. Looks of more than a year ago go."""
    findings = sorted(found, key=lambda one: (one[1], one[0]))
    row = LookRow(
        id=uuid7(),
        at=at,
        by=by,
        open=open,
        looked_up=looked_up,
        away=away,
        found=dict(Counter(kind for kind, _ in findings)),
        repaired=repaired,
        leads=[f"{kind} {lead}" for kind, lead in findings[:_NAMED]],
        told_at=None,
    )
    session.add(Look(**{name: getattr(row, name) for name in LookRow.__slots__}))
    await session.execute(delete(Look).where(Look.at < at - _KEPT))
    return row


async def latest(session: AsyncSession, most: int) -> list[LookRow]:
    """The looks of late, the newest first."""
    return [_row(look) for look in await session.scalars(select(Look).order_by(Look.at.desc(), Look.id.desc()).limit(most))]


async def last_told(session: AsyncSession) -> LookRow | None:
    """The look that somebody was told of last."""
    newest = select(Look).where(Look.told_at.is_not(None)).order_by(Look.told_at.desc(), Look.id.desc()).limit(1)
    look = await session.scalar(newest)
    return _row(look) if look else None


async def told(session: AsyncSession, look: UUID, now: datetime) -> None:
    """Somebody was told of this look."""
    await session.execute(update(Look).where(Look.id == look).values(told_at=now), execution_options={"synchronize_session": False})


async def is_due(session: AsyncSession, now: datetime, every: timedelta) -> bool:
    """Whether a worker is to look now. Nobody else hears yes until this transaction ends, nor after a look was kept in it."""
    if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}):
        return False
    last: datetime | None = await session.scalar(select(func.max(Look.at)).where(Look.by == WORKER))
    return last is None or last <= now - every


def _row(look: Look) -> LookRow:
    return LookRow(**{name: getattr(look, name) for name in LookRow.__slots__})
