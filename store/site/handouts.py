"""Files that are given after a form: asked for there, and downloaded by a lead once they are really fetched."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.leadside import Downloaded
from store.bulk import chunks
from store.leads import engagements


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A lead asks for a file. ``details`` stay with the engagement, as those of a form."""

    id: UUID
    lead_id: UUID
    form: str
    content: str
    details: dict[str, Any]


async def ask(session: AsyncSession, asked: Sequence[Asked], now: datetime) -> None:
    """Keep that leads asked for files. What was asked for before is left as it is."""
    for chunk in chunks([asdict(one) for one in asked]):
        await session.execute(_ASK, {"rows": chunk, "now": now})


async def fetched(session: AsyncSession, id: UUID, now: datetime) -> bool:
    """The file is fetched: the lead has downloaded it. False where it had before, or where nobody is known who asked for it."""
    row = (await session.execute(_FETCHED, {"id": id, "now": now})).first()
    if row is None:
        return False
    downloaded = Downloaded(at=now, content=row.content)
    await engagements.record(session, row.lead_id, downloaded, source=f"form:{row.form}", details=row.details, key=f"handout:{id}")
    return True


_ASK = text("""
    INSERT INTO handouts (id, lead_id, form, content, details, asked_at)
    SELECT id, lead_id, form, content, details, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, lead_id uuid, form text, content text, details jsonb)
    ON CONFLICT (id) DO NOTHING
""")

_FETCHED = text("""
    UPDATE handouts SET fetched_at = :now WHERE id = :id AND fetched_at IS NULL RETURNING lead_id, form, content, details
""")
