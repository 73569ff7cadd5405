"""Erases a person: the rows go, what stays says nothing of who it was, and a stub proves it.

An erasure is a row before anything goes, and what it has to look for stands in it until nothing is found any more: one that was cut off is
done again from wherever it was. ``workflows.erasing`` carries the steps out in their order.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import Erased
from store.bulk import lock_leads
from store.consent import consents
from store.erasing import stubs
from store.erasing.holdings import HOLDINGS, REFUSALS, Subject, subject_of
from store.erasing.stubs import KNOWN, Reason, Stub
from store.erasing.traces import cut_out, traces
from store.leads import engagements, keyed
from store.leads.known import Known, full_names, pattern_of
from store.tables import Account, Erasure, Lead, Suppression, Table, Touch

_MOST_COLLEAGUES: Final = 200
_NO_CANDIDATE: Final = text("UPDATE strays SET candidates = candidates - CAST(:lead AS text) WHERE candidates ? CAST(:lead AS text)")
_DIRECTLY: Final = {"synchronize_session": False}
_KEYS: Final = {
    (table.name, column.name)
    for table in Table.metadata.tables.values()
    for column in table.columns
    if column.primary_key or column.foreign_keys
}
_OTHERS_OWN: Final = {Lead.__tablename__, Account.__tablename__, Suppression.__tablename__}
"""Where another person's row says who that is, and not what it has to do with the one who is erased."""


async def what_goes(session: AsyncSession, lead_id: UUID) -> dict[str, int]:
    """How many rows of each table are about a lead. Raises NoResultFound."""
    subject = await subject_of(session, await session.get_one(Lead, lead_id))
    counted = {
        holding.name: await session.scalar(select(func.count()).select_from(holding.table).where(holding.rows(subject)))
        for holding in (*HOLDINGS, REFUSALS)
    }
    return {name: count for name, count in counted.items() if count}


async def known_of(session: AsyncSession, lead: Lead, subject: Subject) -> Known:
    """What the person is looked for by. A full name that another lead has too is no sign of this one."""
    namesake = select(Lead.id).where(
        func.lower(Lead.family_name) == lead.family_name.lower(),
        func.lower(Lead.given_name) == lead.given_name.lower(),
        Lead.id != lead.id,
    )
    is_shared = await session.scalar(select(namesake.exists()))
    near = or_(Lead.account_id == lead.account_id, Lead.referred_by == lead.id, Lead.id == lead.referred_by)
    colleagues = select(Lead.id).where(near, Lead.id != lead.id).order_by(Lead.id).limit(_MOST_COLLEAGUES)
    return Known(
        addresses=subject.addresses,
        names=() if is_shared else full_names(lead.family_name, lead.given_name),
        phone=lead.phone,
        colleagues=tuple(await session.scalars(colleagues)),
    )


async def begin(session: AsyncSession, lead_id: UUID, *, reason: Reason, by: str, now: datetime) -> bool:
    """Say that a lead is to be erased, and refuse every letter to it from that moment; False where there is no such lead.

    Done again, it changes nothing. Raises keyed.NoSecret.
    """
    await lock_leads(session, [lead_id])
    lead = await session.get(Lead, lead_id, populate_existing=True)
    if lead is None:
        return False
    subject = await subject_of(session, lead)
    row = {
        "lead_id": lead_id,
        "reason": reason,
        "by": by,
        "address_key": await keyed.key_of(session, lead.email),
        "begun_at": now,
        "known": KNOWN.dump_python(await known_of(session, lead, subject), mode="json"),
    }
    begun = insert(Erasure).values(row).on_conflict_do_nothing().returning(Erasure.lead_id)
    if await session.scalar(begun):
        kept = await _hide_addresses(session, subject, reason, now)
        await stubs.count(session, lead_id, {REFUSALS.name: kept})
        for address in subject.addresses:  # until the rows go
            await consents.suppress(session, address, consents.EVERYTHING, keyed.ERASED, now)
    return True


async def tell(session: AsyncSession, lead_id: UUID, now: datetime) -> bool:
    """Tell the lead's workflow, by way of the relay; False where the rows have gone already."""
    if not await session.scalar(select(exists().where(Lead.id == lead_id))):
        return False
    await engagements.record(session, lead_id, Erased(at=now), source="erasure", key=f"erased:{lead_id}")
    return True


async def forget(session: AsyncSession, lead_id: UUID, now: datetime) -> None:
    """The rows of a lead go, all of them or none. Its workflow has ended; a relay that has the lead is waited for."""
    stub = await stubs.find(session, lead_id)
    if stub is None or stub.known is None:
        return
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(lead_id.bytes[8:], signed=True)})
    # A letter that is being handed over holds its row, and needs the lead's afterwards: it goes first.
    await session.execute(select(Touch.key).where(Touch.lead_id == lead_id).with_for_update())
    lead = await session.scalar(select(Lead).where(Lead.id == lead_id).with_for_update())
    if lead is None:
        return
    subject = await subject_of(session, lead)
    went: Counter[str] = Counter()
    went[REFUSALS.name] = await _hide_addresses(session, subject, stub.reason, now)
    await session.execute(update(Lead).where(Lead.referred_by == lead_id).values(referred_by=None), execution_options=_DIRECTLY)
    for holding in HOLDINGS:
        where = holding.rows(subject)
        change = update(holding.table).where(where).values(**holding.cleared) if holding.cleared else delete(holding.table).where(where)
        gone = await session.execute(change.returning(literal(1)), execution_options=_DIRECTLY)
        went[holding.name] += len(gone.all())
    await session.execute(_NO_CANDIDATE, {"lead": str(lead_id)})
    await stubs.count(session, lead_id, went)


async def cut_out_of_others(session: AsyncSession, of: Sequence[Stub]) -> None:
    """Rows about other people name these no more: their notes, what they wrote, letters to them."""
    words, letters_to = _looked_for(of)
    ours = {holding.name for holding in HOLDINGS} - _OTHERS_OWN
    await cut_out(
        session, words, [t for t in await traces(session, words, letters_to) if t.table in ours and (t.table, t.column) not in _KEYS]
    )


async def still_named(session: AsyncSession, of: Sequence[Stub]) -> dict[UUID, list[str]]:
    """Where in the database each of these is named, as ``table.column``."""
    found, named = await traces(session, *_looked_for(of)), dict[UUID, list[str]]()
    for stub in of:
        is_named = pattern_of(stub.words)
        named[stub.lead_id] = sorted({f"{trace.table}.{trace.column}" for trace in found if any(map(is_named, trace.said))})
    return named


async def _hide_addresses(session: AsyncSession, subject: Subject, reason: Reason, now: datetime) -> int:
    return await keyed.forget_addresses(session, subject.addresses, reason=keyed.ERASED if reason is Reason.ASKED else "", now=now)


def _looked_for(of: Sequence[Stub]) -> tuple[list[str], list[UUID]]:
    """The words to look for, and the leads in whose letters."""
    return (
        [word for stub in of for word in stub.words],
        [lead for stub in of for lead in (stub.lead_id, *(stub.known.colleagues if stub.known else ()))],
    )
