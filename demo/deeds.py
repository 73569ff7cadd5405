"""Does what somebody in the demonstration decides to do: each thing through the front door that it would come in by."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from commands.signal.recording import Scene
from demo.cast import (
    Act,
    AskForDemo,
    BeAway,
    Character,
    Download,
    GetProposal,
    MoveEnd,
    Rate,
    ReachMilestone,
    Refuse,
    Reply,
    UseAgain,
    UseLess,
    Vanish,
)
from demo.doors import Doors
from local.catcher import Letter
from local.town import Town
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.leadside import Absent, Bounced, Rated, Replied
from nurture.ourside import Observed
from nurture.places import zone
from store.bulk import lock_leads
from store.leads import contracts, engagements
from store.tables import Lead

FIRST_TIME: Final[Mapping[type[Act], str]] = {
    Download: "somebody downloads a guide from the site",
    AskForDemo: "somebody asks for a demo on the site",
    Reply: "somebody replies to a letter",
    BeAway: "somebody's absence note comes back",
    Vanish: "a letter bounces",
    Refuse: "somebody refuses letters with one click",
    MoveEnd: "the end of a contract changes",
    Rate: "a customer says how satisfied it is",
    ReachMilestone: "a customer reaches a milestone",
    UseLess: "a customer uses the product less",
    UseAgain: "a customer uses it as before again",
    GetProposal: "a rep sends a proposal",
}


@dataclass(slots=True, kw_only=True)
class Member:
    """A lead in its part, and what it has been through."""

    id: UUID
    email: str
    language: str
    country: str
    zone: str
    character: Character
    last_letter: Letter | None = None
    letters: int = 0
    contracts: int = 0
    tasks: Counter[str] = field(default_factory=Counter)


class Deeds:
    """What leads do by themselves."""

    def __init__(self, town: Town, doors: Doors) -> None:
        self._town = town
        self._doors = doors

    def today(self, member: Member) -> date:
        """The date where the lead lives."""
        return self._town.now.astimezone(zone(member.zone)).date()

    async def do(self, member: Member, act: Act) -> None:
        """Do it now."""
        now = self._town.now
        match act:
            case Download(content=content):
                await self._doors.post_form("download", _visitor(member) | {"content": content})
            case AskForDemo():
                await self._doors.post_form("demo", _visitor(member))
            case Refuse():
                assert member.last_letter is not None, "one refuses by the link in a letter"
                await self._doors.refuse(member.last_letter)
            case Reply():
                await self._note(member, Replied(at=now), "mailbox")
            case BeAway(days=days):
                await self._note(member, Absent(at=now, until=self.today(member) + timedelta(days=days)), "mailbox")
            case Vanish():
                await self._note(member, Bounced(at=now), "provider")
            case MoveEnd(days=days):
                await self._move_end(member, days)
            case Rate(rating=rating):
                await self._signal(member, Rated(at=now, rating=rating))
            case ReachMilestone(name=name):
                await self._signal(member, Observed(at=now, kind=Kind.MILESTONE_REACHED, content=name))
            case UseLess():
                await self._signal(member, Observed(at=now, kind=Kind.USAGE_FELL))
            case UseAgain():
                await self._signal(member, Observed(at=now, kind=Kind.USAGE_RECOVERED))
            case GetProposal():
                await self._signal(member, Observed(at=now, kind=Kind.PROPOSAL_SENT))

    async def _note(self, member: Member, engagement: Engagement, source: str) -> None:
        async with self._town.database.transaction() as session:
            await engagements.record(session, member.id, engagement, source=source)

    async def _signal(self, member: Member, engagement: Engagement) -> None:
        """As 'lead signal' writes it down, which people and other programs of ours call."""
        async with self._town.database.transaction() as session:
            await lock_leads(session, [member.id])
            lead = await session.get_one(Lead, member.id)
            scene = Scene(session=session, lead=lead, at=self._town.now, now=self._town.now, today=self.today(member))
            await scene.tell(engagement)

    async def _move_end(self, member: Member, days: int) -> None:
        """Somebody agrees upon another end, which the order system reports. It stays in the future."""
        async with self._town.database.transaction() as session:
            contract = await contracts.of_lead(session, member.id)
            if contract is None or contract.ends_on is None:
                return
            ends_on = max(contract.ends_on + timedelta(days=days), self.today(member) + timedelta(days=30))
            await contracts.change(session, member.id, replace(contract, ends_on=ends_on), self._town.now, source="orders")


def _visitor(member: Member) -> dict[str, str]:
    """What somebody types into a form of the site."""
    return {"email": member.email, "language": member.language, "country": member.country, "zone": member.zone, "consent": "on"}
