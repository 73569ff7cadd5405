"""Clicks on the links of letters: each is written down, and those of people count, once a day for each link."""

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.clicks import SETTLES_AFTER, Click, Machine, judged
from nurture.leadside import Clicked
from store.leads import engagements
from store.tables import LetterClick

AT_A_TIME: Final = 200
_MOST_OF_A_LETTER: Final = 500
"""Of a letter whose links are followed more often, nothing more is kept."""


async def keep(session: AsyncSession, touch: UUID, click: Click) -> None:
    """Write down that a link of a letter was followed. Nothing is kept for a letter that is not there any more."""
    row = {"touch": touch, "target": click.target, "at": click.at, "machine": click.machine or "", "most": _MOST_OF_A_LETTER}
    await session.execute(_KEEP, row)


async def count(session: AsyncSession, now: datetime) -> int:
    """Judge clicks that have waited long enough, and record those of people as engagements; gives how many were judged.

    They are this transaction's until it ends: others who count pass them over.
    """
    waiting = (await session.execute(_WAITING, {"before": now - SETTLES_AFTER, "limit": AT_A_TIME})).all()
    of_letter = await _of_letters(session, {row.touch_key for row in waiting})
    for row in waiting:
        machine = judged(Click(target=row.target, at=row.at), of_letter[row.touch_key], row.delivered_at)
        settled = {"touch": row.touch_key, "target": row.target, "at": row.at, "machine": machine or "", "now": now}
        await session.execute(_SETTLE, settled)
        if machine is None:
            await _record(session, row)
    return len(waiting)


async def _of_letters(session: AsyncSession, touches: set[UUID]) -> dict[UUID, list[Click]]:
    found: dict[UUID, list[Click]] = defaultdict(list)
    for row in await session.scalars(select(LetterClick).where(LetterClick.touch_key.in_(touches))):
        found[row.touch_key].append(Click(target=row.target, at=row.at, machine=Machine(row.machine) if row.machine else None))
    return found


async def _record(session: AsyncSession, row: Row[tuple[object, ...]]) -> None:
    target = hashlib.sha256(row.target.encode()).hexdigest()[:16]
    key = f"click:{row.touch_key}:{target}:{row.at:%Y-%m-%d}"
    told = Clicked(at=row.at, letter=row.letter)
    await engagements.record(session, row.lead_id, told, source="letter", details={"target": row.target}, key=key)


_KEEP: Final = text("""
    INSERT INTO letter_clicks (touch_key, target, at, machine, settled_at)
    SELECT key, :target, at, machine, CASE WHEN machine <> '' THEN at END
    FROM touches, (SELECT CAST(:at AS timestamptz), CAST(:machine AS text)) AS click (at, machine)
    WHERE key = :touch AND (SELECT count(*) FROM letter_clicks WHERE touch_key = :touch) < :most
    ON CONFLICT DO NOTHING
""")

_WAITING: Final = text("""
    SELECT touch_key, target, click.at, lead_id, letter, greatest(sent_at, carried_at, delivered_at) AS delivered_at
    FROM letter_clicks AS click JOIN touches ON key = touch_key
    WHERE settled_at IS NULL AND click.at <= :before
    ORDER BY lead_id, click.at
    LIMIT :limit
    FOR UPDATE OF click SKIP LOCKED
""")

_SETTLE: Final = text("""
    UPDATE letter_clicks SET machine = :machine, settled_at = :now WHERE touch_key = :touch AND target = :target AND at = :at
""")
