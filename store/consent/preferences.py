"""What a person wants to hear about and how often, as it says itself on its page: nobody else takes a refusal back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Frequency
from nurture.leadside import FrequencyChosen, OptedIn, OptedOut
from nurture.wishes import AS_USUAL, Wish
from store.addresses import address_hash
from store.bulk import lock_leads
from store.consent import consents
from store.consent.consents import EVERYTHING, OWN_REFUSALS, Basis, Grant
from store.leads import engagements
from store.tables import Lead, Preference, Suppression

SOURCE: Final = "preferences"
_DIRECTLY: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic that letters to this person are or were about, and whether it gets them. ``names`` are by language, where there are any."""

    name: str
    gets: bool
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person gets. ``stopped``: nothing at all. ``is_for_good``: for a reason that the person cannot take back here."""

    topics: tuple[Topic, ...]
    stopped: bool
    is_for_good: bool
    wish: Wish


Proof = Callable[[Topic], Mapping[str, Any]]
"""What proves that a person agrees to a topic."""


async def of_lead(session: AsyncSession, lead: Lead, about: str) -> Preferences:
    """What this lead gets; ``about`` is the topic of the letter that it comes from."""
    refused = await _refusals(session, lead)
    rows = list(
        await session.execute(_TOPICS, {"address": lead.email, "also": [about, *(topic for topic in refused if topic != EVERYTHING)]})
    )
    names = {row.topic: row.names for row in await session.execute(_NAMES, {"topics": [row.topic for row in rows]})}
    final = {topic for topic, reason in refused.items() if reason not in OWN_REFUSALS}
    return Preferences(
        topics=tuple(
            Topic(name=row.topic, gets=row.agreed and not refused.keys() & {row.topic, EVERYTHING}, names=names.get(row.topic) or {})
            for row in rows
        ),
        stopped=EVERYTHING in refused,
        is_for_good=EVERYTHING in final or {row.topic for row in rows} <= final,
        wish=await wish_of(session, lead.id),
    )


async def wish_of(session: AsyncSession, lead_id: UUID) -> Wish:
    """How often this lead wants to hear from us."""
    row = (await session.execute(_WISH, {"lead": lead_id})).one_or_none()
    return Wish(frequency=Frequency(row.frequency), paused_until=row.paused_until) if row else AS_USUAL


async def refuse(
    session: AsyncSession, lead_id: UUID, topics: Sequence[str], reason: str, now: datetime, *, source: str = SOURCE
) -> Lead | None:
    """The lead refuses these topics, or ``EVERYTHING``: the address is suppressed and the workflow told, both or neither, once."""
    await lock_leads(session, [lead_id])
    lead = await session.get(Lead, lead_id)
    if lead is None:
        return None
    for topic in topics:
        if await consents.suppress(session, lead.email, topic, reason, now):
            told = OptedOut(at=now, topic=None if topic == EVERYTHING else topic)
            await engagements.record(session, lead_id, told, source=source)
    return lead


async def choose(session: AsyncSession, lead: Lead, about: str, gets: Mapping[str, bool], wish: Wish, proof: Proof, now: datetime) -> None:
    """Keep what the lead chose: which topics it ``gets``, and how often. A topic that it did not speak of stays as it is.

    Who had stopped everything and agrees to a topic gets that one, and no other. What was chosen before changes nothing. ``proof`` says
    of a topic what was shown, and where.
    """
    await lock_leads(session, [lead.id])
    before = await of_lead(session, lead, about)
    refused = await _refusals(session, lead)
    final = {topic for topic, reason in refused.items() if reason not in OWN_REFUSALS}
    wanted = [topic for topic in before.topics if gets.get(topic.name) and not topic.gets and not final & {topic.name, EVERYTHING}]
    unwanted = [topic.name for topic in before.topics if gets.get(topic.name) is False and topic.gets]
    if wanted and before.stopped:
        unwanted = [topic.name for topic in before.topics if topic not in wanted]
    await refuse(session, lead.id, unwanted, SOURCE, now)
    for topic in wanted:
        await _take_back(session, lead, topic.name, proof(topic), now)
    if wish != before.wish:
        row = {"lead_id": lead.id, "frequency": wish.frequency, "paused_until": wish.paused_until, "chosen_at": now}
        await session.execute(insert(Preference).values(row).on_conflict_do_update(index_elements=["lead_id"], set_=row))
        await engagements.record(session, lead.id, FrequencyChosen(at=now, wish=wish), source=SOURCE)


async def _take_back(session: AsyncSession, lead: Lead, topic: str, evidence: Mapping[str, Any], now: datetime) -> None:
    """The person takes its own refusal back: what it refused, and when, stays with the proof of the new consent."""
    hashed = address_hash(lead.email)
    theirs = (Suppression.address_hash == hashed, Suppression.topic.in_([topic, EVERYTHING]), Suppression.reason.in_(OWN_REFUSALS))
    gone = delete(Suppression).where(*theirs).returning(Suppression.topic, Suppression.reason, Suppression.at)
    rows = await session.execute(gone, execution_options=_DIRECTLY)
    proof = {**evidence, "taken_back": [{"topic": row.topic, "reason": row.reason, "at": row.at.isoformat()} for row in rows]}
    await consents.keep_all(session, [Grant(address=lead.email, topic=topic, basis=Basis.OPT_IN, evidence=proof)], now)
    await engagements.record(session, lead.id, OptedIn(at=now, topic=topic), source=SOURCE)


async def _refusals(session: AsyncSession, lead: Lead) -> dict[str, str]:
    """What this address is not to be written about, each with its reason."""
    found = select(Suppression.topic, Suppression.reason).where(Suppression.address_hash == address_hash(lead.email))
    return {row.topic: row.reason for row in await session.execute(found)}


_TOPICS: Final = text("""
    SELECT topic, bool_or(agreed) AS agreed FROM (
        SELECT topic, withdrawn_at IS NULL AS agreed FROM consents WHERE address = :address
        UNION ALL SELECT unnest(CAST(:also AS text[])), false
    ) AS known GROUP BY topic ORDER BY topic
""")

_NAMES: Final = text("""
    SELECT DISTINCT ON (topic) topic, names FROM (
        SELECT CAST(snapshot AS jsonb) ->> 'topic' AS topic, CAST(snapshot AS jsonb) -> 'topic_names' AS names, started_at
        FROM campaign_editions
    ) AS editions WHERE topic = ANY(CAST(:topics AS text[])) AND names IS NOT NULL ORDER BY topic, started_at DESC
""")

_WISH = text("SELECT frequency, paused_until FROM preferences WHERE lead_id = :lead")
