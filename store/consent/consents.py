"""Whom we may write to about what: the ground for it with its proof, and the refusals that outrank every ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.kinds import Refusal
from nurture.leadside import OptedIn
from store.addresses import address_hash, comparable, hash_of_comparable, normal
from store.bulk import chunks
from store.leads import engagements
from store.tables import Consent, Suppression

__all__ = ["EVERYTHING", "OWN_REFUSALS", "Basis", "Grant", "address_hash", "give", "give_all", "keep_all", "refusal", "suppress"]

EVERYTHING: Final = "*"
"""The topic of a suppression that holds for every topic."""


OWN_REFUSALS: Final = ("unsubscribed", "opted_out", "preferences")
"""The reasons of suppressions that are the person's own word. Nobody but the person takes such a refusal back; any other stays."""


class Basis(StrEnum):
    """On what ground we may write (特定電子メール法): there is no other."""

    OPT_IN = "opt_in"
    BUSINESS_CARD = "business_card"
    CUSTOMER = "customer"
    PUBLISHED_ADDRESS = "published_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A consent to be kept. ``evidence`` says where it was given and the text that was shown; without ``given_at`` it is given now."""

    address: str
    topic: str
    basis: Basis
    evidence: Mapping[str, Any]
    given_at: datetime | None = None


async def give(session: AsyncSession, address: str, topic: str, basis: Basis, evidence: Mapping[str, Any], now: datetime) -> bool:
    """Keep a consent; False when there was one in force already, or the address is suppressed: no form and no file lifts a refusal."""
    return await give_all(session, [Grant(address=address, topic=topic, basis=basis, evidence=evidence)], now) == 1


async def give_all(session: AsyncSession, grants: Sequence[Grant], now: datetime) -> int:
    """The same for many, and how many of them are kept.

    The workflow of a lead whose letters wait for one hears of it, so that its campaign goes on by itself.
    """
    kept, waited = await keep_all(session, grants, now)
    for topic in sorted({topic for _, topic in waited}):
        told = [(lead_id, OptedIn(at=now, topic=topic)) for lead_id, about in waited if about == topic]
        await engagements.record_all(session, told, source="consent")
    return kept


async def keep_all(session: AsyncSession, grants: Sequence[Grant], now: datetime) -> tuple[int, list[tuple[UUID, str]]]:
    """Keep consents and tell nobody: how many are kept, and the leads whose letters about a topic waited for one."""
    rows = [
        {
            "id": uuid7(),
            "address": (address := comparable(grant.address)),
            "hash": hash_of_comparable(address),
            "topic": grant.topic,
            "basis": Basis(grant.basis),
            "evidence": dict(grant.evidence),
            "given_at": (grant.given_at or now).isoformat(),
        }
        for grant in sorted(grants, key=lambda grant: (grant.address, grant.topic))
    ]
    kept, waited = 0, list[tuple[UUID, str]]()
    for chunk in chunks(rows):
        done = (await session.execute(_KEEP, {"rows": chunk})).one()
        kept += done.kept
        waited += [(UUID(one["lead"]), one["topic"]) for one in done.waited]
    return kept, waited


async def suppress(session: AsyncSession, address: str, topic: str, reason: str, now: datetime) -> bool:
    """Never write to this address about the topic again; about anything with ``EVERYTHING``. Its consents are withdrawn but kept.

    False where that was so already. A reason that nobody takes back takes the place of one that the person may.
    """
    row = {"address_hash": address_hash(address), "topic": topic, "reason": reason, "at": now}
    new = await session.scalar(insert(Suppression).values(row).on_conflict_do_nothing().returning(Suppression.topic))
    if new is None and reason not in OWN_REFUSALS:
        same = (Suppression.address_hash == row["address_hash"], Suppression.topic == topic, Suppression.reason.in_(OWN_REFUSALS))
        firmer = update(Suppression).where(*same).values(reason=reason, at=now)
        await session.execute(firmer, execution_options={"synchronize_session": False})
    withdrawn = update(Consent).where(Consent.address == comparable(address), Consent.withdrawn_at.is_(None))
    if topic != EVERYTHING:
        withdrawn = withdrawn.where(Consent.topic == topic)
    await session.execute(withdrawn.values(withdrawn_at=now), execution_options={"synchronize_session": False})
    return new is not None


async def refusal(session: AsyncSession, address: str, topic: str) -> Refusal | None:
    """Why nothing may be sent to this address about this topic; None only where nothing forbids it and a consent in force allows it."""
    try:
        address = normal(address)
    except ValueError:
        return Refusal.NO_ADDRESS
    row = (await session.execute(_MAY, {"address": address, "hash": address_hash(address), "topic": topic})).one()
    if row.refused:
        return Refusal.SUPPRESSED
    return None if row.allowed else Refusal.NO_CONSENT


_MAY = text("""
    SELECT
        EXISTS (SELECT FROM suppressions WHERE address_hash = :hash AND topic IN (:topic, '*')) AS refused,
        EXISTS (SELECT FROM consents WHERE address = :address AND topic = :topic AND withdrawn_at IS NULL) AS allowed
""")

_KEEP = text("""
    WITH kept AS (
        INSERT INTO consents (id, address, topic, basis, given_at, evidence)
        SELECT id, address, topic, basis, given_at, evidence
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS given (id uuid, address text, hash text, topic text, basis text, evidence jsonb, given_at timestamptz)
        WHERE NOT EXISTS (
            SELECT FROM suppressions WHERE address_hash = given.hash AND suppressions.topic IN (given.topic, '*')
        )
        ON CONFLICT (address, topic) WHERE withdrawn_at IS NULL DO NOTHING
        RETURNING address, topic
    )
    SELECT (SELECT count(*) FROM kept) AS kept, ARRAY(
        SELECT jsonb_build_object('lead', leads.id, 'topic', kept.topic) FROM kept JOIN leads ON leads.email = kept.address
        WHERE EXISTS (SELECT FROM enrollments WHERE lead_id = leads.id AND over_at IS NULL) AND (
            EXISTS (SELECT FROM touches WHERE lead_id = leads.id AND topic = kept.topic AND refusal = 'no_consent')
            OR EXISTS (SELECT FROM confirmations WHERE lead_id = leads.id AND topic = kept.topic AND confirmed_at IS NULL)
        )
    ) AS waited
""")
