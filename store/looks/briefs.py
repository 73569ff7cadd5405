"""What a rep has to know before a talk, in a few queries: what the lead saw, how we met, what comes next, and who else is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.track import Step
from nurture.stages import purchase_of, selling_begins, stage_is_at_least
from store.campaigns import campaigns
from store.desk.tasks import TaskRow
from store.leads import scores
from store.leads.leads import name_of
from store.leads.scores import Score
from store.tables import Consent, Enrollment, Lead, Standing

_SEEN: Final = 6
_COLLEAGUES: Final = 6
_AHEAD: Final = 3
_ABOUT_SOMETHING: Final = [
    Kind.DOWNLOADED,
    Kind.VISITED,
    Kind.CLICKED,
    Kind.ATTENDED,
    Kind.SUBSCRIBED,
    Kind.FOLLOWED,
    Kind.DEMO_REQUESTED,
    Kind.QUOTE_REQUESTED,
    Kind.TRIAL_STARTED,
    Kind.MEETING_BOOKED,
    Kind.REPLIED,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Something that the lead looked at or asked for: with what, how often, and when last."""

    kind: Kind
    content: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How we met the lead: the ground of its first consent that holds, and where it comes from."""

    at: datetime
    basis: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Another lead of the same company, with what it did last."""

    id: UUID
    name: str
    title: str
    stage: str
    owner: str
    kind: str
    content: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is to be known of a task's lead. ``ahead`` are the steps after the task; ``phase`` is learning, choosing or bought."""

    score: Score
    stage: str
    phase: str
    interests: Sequence[Interest]
    met: Met
    ahead: Sequence[Step]
    colleagues: Sequence[Colleague]
    others: int
    """How many colleagues there are."""


async def brief(session: AsyncSession, task: TaskRow, now: datetime) -> Brief:
    """The brief for a task."""
    lead = await session.get_one(Lead, task.lead_id)
    standing = await session.get(Standing, task.lead_id, populate_existing=True)
    campaign = await _campaign(session, task)
    points = await scores.scores(session, [task.lead_id], now)
    seen = await session.execute(_INTERESTS, {"lead": task.lead_id, "kinds": _ABOUT_SOMETHING, "most": _SEEN})
    there = (await session.execute(_OTHERS, {"lead": task.lead_id, "account": lead.account_id, "most": _COLLEAGUES})).all()
    return Brief(
        score=points.get(task.lead_id, Score()),
        stage=task.stage,
        phase=_phase(task.stage, campaign.stages if campaign else "btob"),
        interests=[Interest(kind=Kind(row.kind), content=row.content, times=row.times, last_at=row.last_at) for row in seen],
        met=await _met(session, lead),
        ahead=_ahead(standing, task, campaign) if campaign else (),
        colleagues=[_colleague(row) for row in there],
        others=there[0].others if there else 0,
    )


async def _campaign(session: AsyncSession, task: TaskRow) -> Campaign | None:
    ref = await session.scalar(select(Enrollment.ref).where(Enrollment.lead_id == task.lead_id, Enrollment.number == task.enrollment))
    return (await campaigns.load(session, [ref])).get(ref) if ref else None


async def _met(session: AsyncSession, lead: Lead) -> Met:
    first = (
        await session.scalars(
            select(Consent).where(Consent.address == lead.email, Consent.withdrawn_at.is_(None)).order_by(Consent.given_at).limit(1)
        )
    ).first()
    if first is None:
        return Met(at=lead.created_at, basis="", source=lead.source)
    return Met(at=min(lead.created_at, first.given_at), basis=first.basis, source=lead.source)


def _phase(stage: str, preset: str) -> str:
    if stage and stage_is_at_least(stage, purchase_of(preset), preset):
        return "bought"
    return "choosing" if stage and stage_is_at_least(stage, selling_begins(preset), preset) else "learning"


def _ahead(standing: Standing | None, task: TaskRow, campaign: Campaign) -> Sequence[Step]:
    """The steps that follow where the lead is, as far as the way does not fork."""
    place = next((one for one in standing.positions if one["enrollment"] == task.enrollment), None) if standing else None
    track = campaign.tracks.get(str(place["track"])) if place else None
    if track is None or place is None or place["step"] not in track.step_names:
        return ()
    here = track.step_names.index(str(place["step"]))
    return track.steps[here + 1 : here + 1 + _AHEAD]


def _colleague(row: Any) -> Colleague:
    fields = ("id", "title", "stage", "owner", "kind", "content", "last_at")
    return Colleague(name=name_of(row), **{field: getattr(row, field) for field in fields})


_INTERESTS: Final = text("""
    SELECT kind, coalesce(nullif(facts ->> 'content', ''), facts ->> 'letter', '') AS content, count(*) AS times, max(at) AS last_at
    FROM engagements WHERE lead_id = :lead AND kind = ANY(CAST(:kinds AS text[]))
    GROUP BY 1, 2 ORDER BY last_at DESC, kind, content LIMIT :most
""")

_OTHERS: Final = text("""
    SELECT leads.id, leads.family_name, leads.given_name, leads.language, leads.title, leads.owner,
        coalesce(standings.stage, '') AS stage, last.at AS last_at, coalesce(last.kind, '') AS kind,
        coalesce(last.facts ->> 'content', last.facts ->> 'letter', '') AS content,
        count(*) OVER () AS others
    FROM leads LEFT JOIN standings ON standings.lead_id = leads.id
    LEFT JOIN LATERAL (
        SELECT kind, at, facts FROM engagements
        WHERE engagements.lead_id = leads.id AND kind NOT IN ('enrolled', 'profile_changed', 'colleague_acted')
        ORDER BY seq DESC LIMIT 1
    ) AS last ON true
    WHERE leads.account_id = :account AND leads.id <> :lead
    ORDER BY standings.open DESC NULLS LAST, last.at DESC NULLS LAST, leads.id LIMIT :most
""")
