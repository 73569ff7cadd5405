"""Decisions and their reasons, as leads' workflows made them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.standing import Note
from store import tables
from store.tables.base import table_of

_KEPT: Final = ("no", "at", "what", "why", "by", "ref", "seen", "rules")
"""What is kept of a note as it is. Its words say again where it led."""

_KEEP: Final = insert(table_of(tables.Note)).on_conflict_do_nothing()


async def write(session: AsyncSession, lead_id: UUID, notes: Sequence[Note]) -> None:
    """Keep the notes; those that are kept already stay as they are."""
    if notes:
        rows = [{name: getattr(note, name) for name in _KEPT} | {"lead_id": lead_id, "inputs": dict(note.inputs)} for note in notes]
        await session.execute(_KEEP, rows)


async def last_number(session: AsyncSession, lead_id: UUID) -> int:
    """The number of the lead's last note; 0 when there is none."""
    return await session.scalar(select(func.max(tables.Note.no)).where(tables.Note.lead_id == lead_id)) or 0


async def of_lead(session: AsyncSession, lead_id: UUID) -> list[Note]:
    """The lead's notes in their order."""
    rows = await session.scalars(select(tables.Note).where(tables.Note.lead_id == lead_id).order_by(tables.Note.no))
    return [
        Note(
            no=row.no,
            at=row.at,
            what=row.what,
            why=row.why,
            by=row.by,
            ref=row.ref,
            inputs=tuple(sorted(row.inputs.items())),
            seen=row.seen,
            rules=row.rules,
        )
        for row in rows
    ]
