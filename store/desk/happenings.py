"""What somebody tells of a lead: checked against what campaigns know, and stored once, together with all that goes with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.leadside import Absent, Bounced, Downloaded, OptedOut
from nurture.ourside import FactsLearned, Held, IssueClosed
from nurture.places import zone
from nurture.plan.problems import did_you_mean
from nurture.profile import Value, Values
from store.consent import consents
from store.desk import asks
from store.desk.checks import FARTHEST
from store.leads import engagements, issues, lookups
from store.leads.leads import profile_of
from store.tables import Lead

UNTIL_RESUMED: Final = timedelta(days=3652)
"""A hold has a last day. That of a lead who is stopped is so far away that somebody resumes it before."""

Place = tuple[str, ...]
"""The field that is wrong; of what was learned also which one."""


class WrongEngagement(ValueError):
    """Something that cannot have happened. ``problems`` are the fields with what is wrong; it goes after the field's name."""

    def __init__(self, *problems: tuple[Place, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{'.'.join(place)}: {reason}" for place, reason in problems))


class Happenings:
    """What is told in one transaction from one ``source``. Leads are locked by whoever calls, before anything of theirs is read."""

    def __init__(self, session: AsyncSession, now: datetime, source: str) -> None:
        self._session, self._now, self._source = session, now, source
        self._contents: list[str] | None = None

    async def store(
        self, lead: Lead, checked: Engagement, *, key: str | None = None, details: Mapping[str, Any] | None = None
    ) -> int | None:
        """Store what was checked as the lead's next, and give its number; None where ``key`` was told before, and nothing changes.

        Whoever opts out, or whose address does not work, gets no letter from this moment.
        """
        seq = await engagements.record(self._session, lead.id, checked, source=self._source, details=details, key=key)
        if seq is not None and isinstance(checked, OptedOut | Bounced):
            topic = (checked.topic if isinstance(checked, OptedOut) else None) or consents.EVERYTHING
            await consents.suppress(self._session, lead.email, topic, checked.kind, checked.at)
        return seq

    async def checked(self, lead: Lead, engagement: Engagement) -> Engagement:
        """The engagement as it can be stored: what was learned is read as the lead's campaigns plan it. Raises WrongEngagement."""
        check_moment(engagement.at, lead, self._now)
        match engagement:
            case Downloaded():
                await self._check_content(engagement.content)
            case Absent():
                _check_day(engagement.until, self._today(lead), FARTHEST)
            case Held():
                _check_day(engagement.until, self._today(lead), UNTIL_RESUMED)
            case OptedOut() if engagement.topic is not None:
                await self._check_topic(lead, engagement.topic)
            case IssueClosed():
                await self._check_issue(lead, engagement.issue)
            case FactsLearned():
                return replace(engagement, learned=await self._read(lead, engagement.learned))
        return engagement

    def _today(self, lead: Lead) -> date:
        return self._now.astimezone(zone(profile_of(lead).zone)).date()

    async def _check_content(self, content: str) -> None:
        if self._contents is None:
            self._contents = await lookups.contents(self._session)
        if content not in self._contents:
            fix = did_you_mean(content, self._contents, "known are") or "no campaign that was started offers anything to download"
            raise WrongEngagement((("content",), f"no form offers '{content}'; {fix}"))

    async def _check_topic(self, lead: Lead, topic: str) -> None:
        known = await lookups.topics(self._session, lead.email)
        if topic not in known:
            fix = did_you_mean(topic, known, "known are") or "leave it out for everything"
            raise WrongEngagement((("topic",), f"no campaign is about '{topic}'; {fix}"))

    async def _check_issue(self, lead: Lead, issue: UUID) -> None:
        open_ones = await issues.open_ones(self._session, lead.id)
        if issue not in open_ones:
            listed = ", ".join(f"{known} (since {since:%Y-%m-%d})" for known, since in open_ones.items())
            said = f"open is {listed}" if listed else "none is open"
            raise WrongEngagement((("issue",), f"'{issue}' is no open issue of this lead; {said}"))

    async def _read(self, lead: Lead, told: Values) -> Values:
        """The values of fields as the campaigns of the lead plan them."""
        plans = await asks.plans_of_lead(self._session, lead.id)
        learned: dict[str, Value] = {}
        problems: list[tuple[Place, str]] = []
        for name, value in told:
            place = ("learned", name)
            if name not in plans:
                fix = did_you_mean(name, plans, "they have") or "they have none"
                problems.append((place, f"no campaign of this lead has this field; {fix}"))
                continue
            try:
                learned[name] = asks.read(plans[name], value)
            except asks.WrongValue as wrong:
                problems.append((place, f"it {wrong}"))
        if problems:
            raise WrongEngagement(*problems)
        return tuple(sorted(learned.items()))


def check_moment(at: datetime, lead: Lead, now: datetime) -> None:
    """Raises WrongEngagement for a moment that is still to come, or before the lead was known."""
    if at > now:
        raise WrongEngagement((("at",), f"{at.isoformat()} lies in the future; leave it out for what happened just now"))
    if at != now and at < lead.created_at.replace(second=0, microsecond=0):
        taken_in = f"{lead.created_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        raise WrongEngagement((("at",), f"{at:%Y-%m-%dT%H:%MZ} lies before this lead was taken in, at {taken_in}"))


def _check_day(until: date, today: date, farthest: timedelta) -> None:
    if not today < until <= today + farthest:
        first, last = today + timedelta(days=1), today + farthest
        raise WrongEngagement((("until",), f"{until} is not ahead; give a day from {first} on, until {last}"))
