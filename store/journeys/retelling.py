"""Everything that is kept of a lead and that its life depended on, so that it can be told again. It holds nothing personal."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.kinds import Refusal
from nurture.ourside import Enrolled, TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.standing import Note
from nurture.why.history import History, Posted
from nurture.why.playing import Coming
from store import tables
from store.campaigns import campaigns
from store.journeys import notes
from store.journeys.enrollments import BY_CAMPAIGN
from store.leads.engagements import ENGAGEMENT

_JUST_AFTER: Final = timedelta(microseconds=1)


async def history_of(session: AsyncSession, lead_id: UUID) -> History:
    """What is kept of a lead."""
    written = tuple(await notes.of_lead(session, lead_id))
    asked = list(await session.execute(_OPENED, {"lead": lead_id}))
    opened = {row.id: row.opened_at for row in asked}
    ledger = {row.key: _posted(row) for row in await session.execute(_POSTED, {"lead": lead_id})}
    begun = [(row.enrollment, row.opened_at) for row in asked] + [(row.enrollment, row.claimed_at) for row in ledger.values()]
    rows = list(
        await session.scalars(select(tables.Engagement).where(tables.Engagement.lead_id == lead_id).order_by(tables.Engagement.seq))
    )
    known = await campaigns.load(session, {row.facts["campaign"] for row in rows if "campaign" in row.facts})
    heard: list[Coming] = []
    brought: list[Coming] = []
    latest: datetime | None = None
    for row in rows:
        if row.relayed_at is None:
            break
        engagement = _read(row, known)
        latest = max(filter(None, (latest, _heard_at(row, engagement, opened, begun, written))))
        (brought if row.source == BY_CAMPAIGN else heard).append(Coming(at=latest, engagement=engagement))
    return History(
        lead=lead_id,
        heard=tuple(heard),
        brought=tuple(brought),
        ledger=ledger,
        opened=opened,
        told={row.key: row.at for row in await session.execute(_TOLD, {"lead": lead_id})},
        notes=written,
        waiting=len(rows) - len(heard) - len(brought),
        coming=tuple(_read(row, known) for row in rows[len(heard) + len(brought) :]),
    )


async def editions(session: AsyncSession) -> dict[str, Campaign]:
    """The current edition of every campaign that was started, by name."""
    rows = await session.execute(text("SELECT DISTINCT name FROM campaign_editions ORDER BY name"))
    found = [await campaigns.current(session, row.name) for row in rows]
    return {campaign.name: campaign for campaign in found if campaign is not None}


async def started(session: AsyncSession, refs: Collection[str]) -> dict[str, datetime]:
    """When these editions were started last, by ref."""
    wanted = select(tables.CampaignEdition.ref, tables.CampaignEdition.started_at).where(tables.CampaignEdition.ref.in_(refs))
    return {row.ref: row.started_at for row in await session.execute(wanted)}


def _read(row: tables.Engagement, known: dict[str, Campaign]) -> Engagement:
    engagement: Engagement = ENGAGEMENT.validate_python({**row.facts, "seq": row.seq}, context=known)
    return engagement


def _heard_at(
    row: tables.Engagement,
    engagement: Engagement,
    opened: Mapping[UUID, datetime],
    begun: Sequence[tuple[int, datetime]],
    written: Sequence[Note],
) -> datetime:
    """When the workflow took it into account: once it was relayed, after what was decided without it, and before what was decided with it.

    What was relayed once more, to a workflow that was built up again, was heard before.
    """
    before = [note.at for note in written if note.seen > row.seq]
    if isinstance(engagement, Enrolled):
        before += [at for number, at in begun if number == engagement.enrollment]
    after = [note.at + _JUST_AFTER for note in written if 0 < note.seen < row.seq]
    if isinstance(engagement, TaskCompleted) and engagement.task in opened:
        after.append(opened[engagement.task] + _JUST_AFTER)
    return max(row.at, min([row.relayed_at or row.at, *before]), *after)


def _posted(row: Any) -> Posted:
    fields: dict[str, Any] = {**row._asdict(), "refusal": Refusal(row.refusal) if row.refusal else None}
    return Posted(**fields)


_POSTED = text("""
    SELECT key, enrollment, campaign AS ref, letter, why, claimed_at, attempts, attempted_at, sent_at, refused_at, refusal, confirms
    FROM touches WHERE lead_id = :lead ORDER BY claimed_at, key
""")

_OPENED = text("SELECT id, enrollment, opened_at FROM tasks WHERE lead_id = :lead")

_TOLD = text("""
    SELECT key, at FROM notifications WHERE lead_id = :lead OR task_id IN (SELECT id FROM tasks WHERE lead_id = :lead)
""")
