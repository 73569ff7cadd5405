"""Contracts that come to their end: how their renewals stand, and which nobody would open the renewal of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Outcome
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.journeys import selections
from store.leads import lookups
from store.leads.lookups import ContractPlace

WITHIN_DAYS: Final = (30, 60, 90)
"""How far ahead ends of contracts are told: campaigns open renewals 90 days before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A contract that ends, and the campaign that would plan its renewal; empty where none was started."""

    lead_id: UUID
    ends_on: date
    campaign: str


class State(StrEnum):
    """How a renewal stands. The first that is true is told."""

    WITH_REP = "with_rep"
    """A rep has an open task of the lead."""
    LOST = "lost"
    """A rep answered that the customer goes."""
    UNWATCHED = "unwatched"
    """No campaign would open it."""
    HELD = "held"
    """A human has put the lead on hold."""
    UNDER_WAY = "under_way"
    """A campaign has opened it."""
    PLANNED = "planned"
    """A campaign will open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A contract that ends soon. ``owner`` has the task, which is due at ``deadline_at``; where there is none, the lead is ``owner``'s."""

    lead_id: UUID
    company: str
    ends_on: date
    auto_renews: bool
    state: State
    owner: str
    deadline_at: datetime | None


async def coming_up(session: AsyncSession, now: datetime, campaign: str = "") -> list[Renewal]:
    """Every contract that ends within the next 90 days, of the leads of a campaign or of all; the first end comes first."""
    until = now.date() + timedelta(days=max(WITHIN_DAYS))
    places = await lookups.contract_places(session, now, until)
    editions = await campaigns.load(session, {place.ref for place in places if place.ref})
    watched = _watched(places, editions)
    unwatched = {place.lead_id for place in places} - watched
    openers = {f"rule {rule.name}" for edition in editions.values() for rule in edition.rules if rule.when.contract_ends_in}
    asked = {"today": now.date(), "until": until, "campaign": campaign, "openers": [*openers]}
    return [
        Renewal(
            lead_id=row.lead_id,
            company=row.company or "",
            ends_on=row.ends_on,
            auto_renews=row.auto_renews,
            state=_state(row.deadline_at, row.outcome, row.lead_id in unwatched, row.is_held, row.is_opened),
            owner=row.rep or row.owner,
            deadline_at=row.deadline_at,
        )
        for row in await session.execute(_COMING_UP, asked)
    ]


def _state(deadline_at: datetime | None, outcome: str | None, is_unwatched: bool, is_held: bool, is_opened: bool) -> State:
    states = {
        State.WITH_REP: deadline_at is not None,
        State.LOST: outcome == Outcome.LOST,
        State.UNWATCHED: is_unwatched,
        State.HELD: is_held,
        State.UNDER_WAY: is_opened,
    }
    return next((state for state, holds in states.items() if holds), State.PLANNED)


async def unwatched(session: AsyncSession, now: datetime) -> list[Unwatched]:
    """Every contract that is to end without anybody coming back to it in time."""
    places = await lookups.contract_places(session, now)
    editions = await campaigns.load(session, {place.ref for place in places if place.ref})
    watched = _watched(places, editions)
    ends_on = {place.lead_id: place.ends_on for place in places if place.lead_id not in watched}
    if not ends_on:
        return []
    current = await campaigns.load(session, [row.ref for row in await selections.started_campaigns(session)])
    names = [campaign.name for campaign in current.values() if any(rule.when.contract_ends_in for rule in campaign.rules)]
    return [Unwatched(lead_id=lead_id, ends_on=day, campaign=names[0] if names else "") for lead_id, day in ends_on.items()]


def _watched(places: Collection[ContractPlace], editions: dict[str, Campaign]) -> set[UUID]:
    return {place.lead_id for place in places if place.ref and _watches(editions[place.ref], place.track)}


def _watches(campaign: Campaign, track: str) -> bool:
    """Whether a lead in this track is moved, or was moved, by the nearing end of its contract."""
    return any(
        rule.when.contract_ends_in is not None and (track == rule.go or not rule.within or track in rule.within) for rule in campaign.rules
    )


_COMING_UP: Final = text("""
    SELECT contracts.lead_id, accounts.name AS company, ends_on, auto_renews, leads.owner, task.rep, task.deadline_at, answered.outcome,
        coalesce(held_until >= :today, false) AS is_held,
        EXISTS (
            SELECT FROM notes
            WHERE notes.by LIKE 'rule %' AND notes.lead_id = contracts.lead_id AND notes.at >= changed_at AND notes.by = ANY(:openers)
        ) AS is_opened
    FROM contracts
    JOIN leads ON leads.id = contracts.lead_id
    LEFT JOIN accounts ON accounts.id = leads.account_id
    LEFT JOIN standings ON standings.lead_id = contracts.lead_id AND standings.open
    LEFT JOIN LATERAL (
        SELECT coalesce(nullif(claimed_by, ''), tasks.owner) AS rep, deadline_at FROM tasks
        WHERE tasks.lead_id = contracts.lead_id AND completed_at IS NULL AND withdrawn_at IS NULL ORDER BY deadline_at LIMIT 1
    ) AS task ON true
    LEFT JOIN LATERAL (
        SELECT outcome FROM tasks WHERE tasks.lead_id = contracts.lead_id AND completed_at >= changed_at ORDER BY completed_at DESC LIMIT 1
    ) AS answered ON true
    WHERE ends_on >= :today AND ends_on <= :until
        AND (:campaign = '' OR EXISTS (SELECT FROM enrollments WHERE enrollments.lead_id = contracts.lead_id AND campaign = :campaign))
    ORDER BY ends_on, contracts.lead_id
""")
