"""Does what a persona does in a rehearsal, each thing through the front door that it comes in by in production."""

from datetime import date
from itertools import cycle
from typing import Final, cast
from uuid import uuid5

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from local.town import Town
from nurture.engagements import Engagement
from nurture.kinds import Depth, Kind
from nurture.leadside import (
    Absent,
    Acted,
    ActedKind,
    Bounced,
    Clicked,
    DemoRequested,
    Downloaded,
    IssueOpened,
    OptedOut,
    Permitted,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import FactsLearned, Held, IssueClosed, Observed, Released
from nurture.plan.campaign import Campaign
from nurture.profile import Contract, Value
from rehearsal.cues import DEPTHS, Deed
from rehearsal.players import Player
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.desk import asks
from store.journeys import enrollments
from store.leads import contracts, engagements, issues, leads

SOURCE: Final = "persona"


class Deeds:
    """What players do. ``campaign`` is the one that is rehearsed."""

    def __init__(self, town: Town, campaign: Campaign, topics: frozenset[str]) -> None:
        self._town = town
        self._campaign = campaign
        self._topics = topics

    async def begin(self, player: Player) -> None:
        """The player is taken in, agrees to hear from us, has its contract, and is enrolled."""
        now, persona = self._town.now, player.persona
        async with self._town.database.transaction() as session:
            made, _ = await leads.register(session, persona.person, now)
            await session.execute(update(tables.Lead).where(tables.Lead.id == made).values(id=player.id))
            if persona.consent:
                for topic in sorted(self._topics):
                    await consents.give(session, persona.person.email, topic, Basis.OPT_IN, {"text": "In a rehearsal."}, now)
            edition = await campaigns.current(session, self._campaign.name)
            assert edition is not None
            await enrollments.enroll(session, player.id, edition, now)
            if persona.contract:
                term = persona.contract
                ends_on = term.day or (player.ahead(now, term.length) if term.length else None)
                await contracts.change(session, player.id, Contract(ends_on=ends_on, auto_renews=term.auto_renews), now, source=SOURCE)

    async def do(self, player: Player, deed: Deed) -> None:
        """Do it now. What cannot be done is remarked."""
        now = self._town.now
        player.did[now] = deed
        async with self._town.database.transaction() as session:
            match deed.kind:
                case Kind.OPTED_OUT | Kind.BOUNCED:
                    topic = deed.content or consents.EVERYTHING
                    await consents.suppress(session, player.persona.person.email, topic, deed.kind, now)
                case Kind.CONTRACT_CHANGED:
                    ends_on = deed.day or (player.ahead(now, deed.length) if deed.length else None)
                    try:
                        contract = Contract(ends_on=ends_on, auto_renews=deed.yes)
                        await contracts.change(session, player.id, contract, now, source=SOURCE)
                    except contracts.WrongContract as wrong:
                        player.remark(now, deed.words, f"a contract {wrong}")
                    return
            engagement = await self._engagement(session, player, deed)
            if engagement is not None:
                await engagements.record(session, player.id, engagement, source=SOURCE)

    async def _engagement(self, session: AsyncSession, player: Player, deed: Deed) -> Engagement | None:
        at = self._town.now
        content = self._content(player, deed)
        if content is None:
            return None
        match deed.kind:
            case Kind.DOWNLOADED:
                return Downloaded(at=at, content=content)
            case Kind.VISITED:
                return Visited(at=at, content=content)
            case Kind.CLICKED:
                return Clicked(at=at, letter=content or player.last_letter) if content or player.last_letter else None
            case Kind.DEMO_REQUESTED:
                return DemoRequested(at=at)
            case Kind.REPLIED:
                return Replied(at=at)
            case Kind.BOUNCED:
                return Bounced(at=at)
            case Kind.OPTED_OUT:
                return OptedOut(at=at, topic=content or None)
            case Kind.ABSENT:
                return Absent(at=at, until=self._until(player, deed))
            case Kind.HELD:
                return Held(at=at, until=self._until(player, deed))
            case Kind.RELEASED:
                return Released(at=at)
            case Kind.RATED:
                return Rated(at=at, rating=deed.number)
            case Kind.PERMITTED:
                return Permitted(at=at, allowed=deed.yes)
            case Kind.ISSUE_OPENED:
                number = player.taken["issues"] = player.taken.get("issues", 0) + 1
                return IssueOpened(at=at, issue=uuid5(player.id, f"issue:{number}"), complaint=deed.yes)
            case Kind.ISSUE_CLOSED:
                open_ones = await issues.open_ones(session, player.id)
                if not open_ones:
                    player.remark(self._town.now, deed.words, "no issue of this lead is open")
                    return None
                return IssueClosed(at=at, issue=next(iter(open_ones)))
            case Kind.FACTS_LEARNED:
                return await self._facts(session, player, deed)
            case Kind.PROPOSAL_SENT | Kind.DEAL_OPENED | Kind.CALL_UNANSWERED | Kind.USAGE_FELL | Kind.USAGE_RECOVERED:
                return Observed(at=at, kind=deed.kind)
            case Kind.MILESTONE_REACHED:
                return Observed(at=at, kind=deed.kind, content=content)
            case _:
                return Acted(at=at, kind=cast(ActedKind, deed.kind), content=content)  # what is left of the kinds that a script may name

    async def _facts(self, session: AsyncSession, player: Player, deed: Deed) -> FactsLearned | None:
        plans = await asks.plans_of_lead(session, player.id)
        learned: dict[str, Value] = {}
        for name, typed in deed.learned:
            try:
                learned[name] = asks.read(plans[name], typed)
            except KeyError:
                player.remark(self._town.now, deed.words, f"no campaign of this lead has the field {name}")
                return None
            except asks.WrongValue as wrong:
                player.remark(self._town.now, deed.words, f"{name} {wrong}")
                return None
        return FactsLearned(at=self._town.now, learned=tuple(sorted(learned.items())))

    def _content(self, player: Player, deed: Deed) -> str | None:
        """The content that is meant; of a depth the next that the campaign has, from the first again after the last."""
        if deed.content not in DEPTHS:
            return deed.content
        depth = DEPTHS[deed.content]
        there = contents_of(self._campaign, depth)
        if not there:
            player.remark(self._town.now, deed.words, f"the campaign has no content of the depth '{depth}'")
            return None
        number = player.taken[deed.content] = player.taken.get(deed.content, 0) + 1
        return next(content for place, content in enumerate(cycle(there), 1) if place == number)

    def _until(self, player: Player, deed: Deed) -> date:
        """The last day of an absence or a hold, which names a day or a length."""
        return deed.day or (player.ahead(self._town.now, deed.length) if deed.length else player.today(self._town.now))


def contents_of(campaign: Campaign, depth: Depth) -> list[str]:
    """The contents of a depth, in the order of the file."""
    return [content for content, deep in campaign.contents.items() if deep is depth]
