"""Starts a campaign: its edition is kept and its leads are enrolled, all of it or nothing; the workers carry them on."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import Course
from nurture.plan.campaign import Campaign
from nurture.plan.onward import unknown_targets
from nurture.plan.problems import Problem
from nurture.plan.source import read_source
from store.campaigns import campaigns
from store.journeys import enrollments, selections
from store.journeys.selections import Mailable


class UnderWay(StrEnum):
    """What becomes of the leads under way when their campaign changes."""

    KEEP = "keep"
    MIGRATE = "migrate"
    RESTART = "restart"

    @property
    def course(self) -> Course | None:
        """What their workflows are told; nothing where they stay as they are."""
        return None if self is UnderWay.KEEP else Course(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A campaign with the words of its file, and what the file is called where something in it is wrong."""

    campaign: Campaign
    text: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The leads to enroll. ``unknown`` counts addresses of a file that nobody imported, ``unread`` its rows that cannot be read."""

    ids: list[UUID]
    unknown: int = 0
    unread: int = 0


Choice = Callable[[AsyncSession], Awaitable[Chosen]]
"""Which leads a campaign is started for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What came of a start. ``already`` were in the campaign before; ``changed`` of all who were under way go on in this edition."""

    campaign: str
    ref: str
    topic: str
    is_new_edition: bool
    chosen: int
    enrolled: int
    already: int
    under_way: UnderWay
    changed: int
    unknown: int
    unread: int
    mailable: Mailable


class CannotStart(Exception):
    """The campaign does not fit to those that run. Nothing was started."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


async def start(
    session: AsyncSession, source: Source, choose: Choice, now: datetime, *, under_way: UnderWay = UnderWay.KEEP, by: str, first: str = ""
) -> Started:
    """Keep the edition, enroll the leads and take over those under way, in the caller's transaction.

    ``by`` is the source of what is recorded; ``first`` says how a campaign is started that has to be there before, with ``{name}`` in it.
    Raises CannotStart.
    """
    is_new_edition, chosen = await _asked(session, source, choose, first)
    campaign, course = source.campaign, under_way.course
    await campaigns.keep(session, campaign, source.text, now)
    changed = await enrollments.change_all(session, campaign, course, now, source=by) if course else 0
    enrolled = await enrollments.enroll_all(session, chosen.ids, campaign, now, source=by)
    return await _told(session, campaign, chosen, is_new_edition, under_way, changed, enrolled)


async def foresee(
    session: AsyncSession, source: Source, choose: Choice, now: datetime, *, under_way: UnderWay = UnderWay.KEEP, first: str = ""
) -> Started:
    """What ``start`` would come to; nothing is written. Raises CannotStart."""
    is_new_edition, chosen = await _asked(session, source, choose, first)
    campaign = source.campaign
    changed = await enrollments.count_in_others(session, campaign) if under_way.course else 0
    enrolled = await enrollments.count_beginners(session, chosen.ids, campaign, now)
    return await _told(session, campaign, chosen, is_new_edition, under_way, changed, enrolled)


async def _asked(session: AsyncSession, source: Source, choose: Choice, first: str) -> tuple[bool, Chosen]:
    """Whether the edition is another than the current one, and the leads it is started for. Raises CannotStart."""
    if problems := [*await _strands(session, source, first), *await _clashes(session, source)]:
        raise CannotStart(problems)
    before = await campaigns.current(session, source.campaign.name)
    return before is None or before.ref != source.campaign.ref, await choose(session)


async def _told(
    session: AsyncSession, campaign: Campaign, chosen: Chosen, is_new_edition: bool, under_way: UnderWay, changed: int, enrolled: int
) -> Started:
    return Started(
        campaign=campaign.name,
        ref=campaign.ref,
        topic=campaign.topic,
        is_new_edition=is_new_edition,
        chosen=len(chosen.ids),
        enrolled=enrolled,
        already=len(chosen.ids) - enrolled,
        under_way=under_way,
        changed=changed,
        unknown=chosen.unknown,
        unread=chosen.unread,
        mailable=await selections.mailable(session, chosen.ids, campaign.topic),
    )


async def _strands(session: AsyncSession, source: Source, first: str) -> list[Problem]:
    """A campaign that leads on to one that was never started would strand its leads there."""
    known = {row.name for row in await selections.started_campaigns(session)}
    return list(unknown_targets(source.campaign, source.text, source.file, known, first or "start that campaign first"))


async def _clashes(session: AsyncSession, source: Source) -> list[Problem]:
    """A form is one campaign's, and all campaigns that run share one stage model, because a lead has one stage."""
    others = [other for other in await campaigns.running(session) if other.name != source.campaign.name]
    return [problem for other in others for problem in _clashes_with(other, source)]


def _clashes_with(other: Campaign, source: Source) -> Iterator[Problem]:
    campaign, lines = source.campaign, read_source(source.text, source.file)
    for name in [name for name in campaign.forms if name in other.forms]:
        what = f"the form '{name}' is already the form of the campaign '{other.name}', which runs"
        yield Problem(file=source.file, line=lines.line_of(("forms", name)), what=what, fix="give this one another name")
    if other.stages != campaign.stages:
        what = f"its stage model is '{campaign.stages}', but the campaign '{other.name}', which runs, has '{other.stages}'"
        fix = f"all campaigns that run share one: write 'stages: {other.stages}'"
        yield Problem(file=source.file, line=lines.line_of(("stages",)), what=what, fix=fix)
