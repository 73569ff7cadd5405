"""What is left of people who were erased: which lead it was, when, by whom, how much went, and whether it is finished."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads import keyed
from store.leads.known import Known
from store.tables import Erasure

KNOWN: Final = TypeAdapter(Known)


class Reason(StrEnum):
    """Why somebody is erased."""

    ASKED = "asked"
    """The person asked for it: nobody else brings the address back."""
    RETENTION = "retention"
    """The time to keep it was over: the address may come in again, and what it refused holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """What is left of a person. ``went`` counts what went, by table; ``finished_at`` is None while the erasure is under way."""

    lead_id: UUID
    reason: Reason
    by: str
    begun_at: datetime
    went: Mapping[str, int]
    finished_at: datetime | None
    known: Known | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What the person is looked for by; nothing once that is over."""
        return self.known.words if self.known else ()


async def finish(session: AsyncSession, lead_id: UUID, now: datetime, went: Mapping[str, int]) -> None:
    """Nothing was found any more: what the person was looked for by goes last."""
    await count(session, lead_id, went)
    done = update(Erasure).where(Erasure.lead_id == lead_id, Erasure.finished_at.is_(None)).values(known=None, finished_at=now)
    await session.execute(done, execution_options={"synchronize_session": False})


async def find(session: AsyncSession, lead_id: UUID) -> Stub | None:
    """The stub of this lead."""
    row = await session.get(Erasure, lead_id, populate_existing=True)
    return _stub(row) if row else None


async def of_address(session: AsyncSession, address: str) -> list[Stub]:
    """The stubs of everybody who had this address and was erased. Raises keyed.NoSecret."""
    key = await keyed.key_of(session, address)
    return [_stub(row) for row in await session.scalars(select(Erasure).where(Erasure.address_key == key).order_by(Erasure.begun_at))]


async def under_way(session: AsyncSession, before: datetime, most: int, *, reason: Reason | None = None) -> list[Stub]:
    """Erasures that were begun before a moment and are not finished, the oldest first; for any reason, or only for one."""
    begun = select(Erasure).where(Erasure.finished_at.is_(None), Erasure.begun_at <= before)
    if reason is not None:
        begun = begun.where(Erasure.reason == reason)
    return [_stub(row) for row in await session.scalars(begun.order_by(Erasure.begun_at, Erasure.lead_id).limit(most))]


async def count(session: AsyncSession, lead_id: UUID, went: Mapping[str, int]) -> None:
    """So much more went."""
    row = await session.get_one(Erasure, lead_id, with_for_update=True, populate_existing=True)
    row.went = dict(Counter(row.went) + Counter(went))
    await session.flush()


def _stub(row: Erasure) -> Stub:
    return Stub(
        lead_id=row.lead_id,
        reason=Reason(row.reason),
        by=row.by,
        begun_at=row.begun_at,
        went=row.went,
        finished_at=row.finished_at,
        known=KNOWN.validate_python(row.known) if row.known else None,
    )
