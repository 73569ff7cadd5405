"""Everything that a manager looks at, of one period: how far leads come, handoffs, renewals, how letters arrive, and what holds them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.pace import nothing_counted
from store.looks.figures import Level, Scope, Stay, funnel, stays
from store.looks.handoffs import HandoffFigures, handoffs
from store.looks.renewals import Renewal, coming_up
from store.looks.reputation import Reputation, reputation
from store.mail import blocks, pace, stops
from store.mail.blocks import Block
from store.mail.stops import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Warming:
    """A domain of ours that warms up: how many letters went today (UTC) of those that may, since when, and the most that it comes to."""

    lane: str
    went: int
    may: int
    began_at: datetime
    at_most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The figures of ``scope``. Renewals, warm-ups, stops and blocks are those of today, whatever the period is."""

    scope: Scope
    funnel: list[Level]
    stays: list[Stay]
    handoffs: HandoffFigures
    renewals: list[Renewal]
    letters: Reputation
    warming: list[Warming]
    stops: list[Standing]
    blocks: list[Block]
    waiting: int
    """Letters that wait for their turn, or for a stop to be lifted."""


async def dashboard(session: AsyncSession, scope: Scope, now: datetime) -> Dashboard:
    """Read all of it."""
    counts = await pace.counts(session)
    return Dashboard(
        scope=scope,
        funnel=await funnel(session, scope),
        stays=await stays(session, scope, now),
        handoffs=await handoffs(session, scope, now),
        renewals=await coming_up(session, now, scope.campaign),
        letters=await reputation(session, scope),
        warming=[
            Warming(
                lane=lane,
                went=counts.get(lane, nothing_counted(now)).at(now).in_day,
                may=one.warm_up.on(now),
                began_at=one.warm_up.began_at,
                at_most=one.warm_up.at_most,
            )
            for lane, one in (await pace.settings(session)).items()
            if one.warm_up
        ],
        stops=[one for one in await stops.all_standing(session) if scope.campaign in ("", one.campaign) or not one.campaign],
        blocks=await blocks.all_standing(session),
        waiting=sum(one.letters for one in await pace.waiting(session, now)),
    )
