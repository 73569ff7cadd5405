"""Starts a campaign: its edition is kept and its leads are enrolled in one transaction; the workers then carry them to Temporal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from sys import maxsize
from time import monotonic
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from commands.changing import UnderWay
from commands.checking import Checked, unknown_targets
from commands.choosing import Choice
from commands.console import WrongInput
from nurture.problems import Problem
from nurture.source import read_source
from store import campaigns, enrollments, selections
from store.database import Database
from store.selections import Mailable

LOOK_SECONDS: Final = 0.5
UNEASY_SECONDS: Final = 10.0
"""How long nothing may move before we ask whether a worker runs: longer than a relay takes to look again."""

PATIENCE_SECONDS: Final = 60.0
"""How long nothing may move before we stop watching, where no worker listens."""

PATIENCE_WITH_A_WORKER_SECONDS: Final = 600.0
"""The same where one does: a busy machine takes its time for the first hundreds, and Temporal may come back."""


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


class _Rehearsed(Exception):
    """Undoes a transaction that was only to show what it would do."""


async def start(
    database: Database,
    checked: Checked,
    choose: Choice,
    now: datetime,
    *,
    under_way: UnderWay = UnderWay.KEEP,
    rehearse: bool = False,
) -> Started:
    """Keep the edition, enroll the leads and take over those under way, all of it or nothing; with ``rehearse`` nothing, but as if.

    Raises WrongInput.
    """
    campaign = checked.campaign
    assert campaign is not None
    started: Started | None = None
    try:
        async with database.transaction() as session:
            await _has_no_unknown_targets(session, checked)
            await _fits_beside_the_others(session, checked)
            before = await campaigns.current(session, campaign.name)
            chosen = await choose(session)
            await campaigns.keep(session, campaign, checked.text, now)
            course = under_way.course
            changed = await enrollments.change_all(session, campaign, course, now, source="starter") if course else 0
            enrolled = await enrollments.enroll_all(session, chosen.ids, campaign, now, source="starter")
            started = Started(
                campaign=campaign.name,
                ref=campaign.ref,
                topic=campaign.topic,
                is_new_edition=before is None or before.ref != campaign.ref,
                chosen=len(chosen.ids),
                enrolled=enrolled,
                already=len(chosen.ids) - enrolled,
                under_way=under_way,
                changed=changed,
                unknown=chosen.unknown,
                unread=chosen.unread,
                mailable=await selections.mailable(session, chosen.ids, campaign.topic),
            )
            if rehearse:
                raise _Rehearsed
    except _Rehearsed:
        pass
    assert started is not None
    return started


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How watching ended: how many leads still wait, and whether a worker listens."""

    waiting: int
    has_a_worker: bool = True


async def carried(database: Database, campaign: str, show: Callable[[int], None], ask: Callable[[bool], None]) -> Watched:
    """Watch the workers carry the campaign's leads to Temporal, until all are there or nothing moves any more.

    What the workers carry for other campaigns is progress too. ``ask`` is called once when nothing has moved for a while, with whether a
    worker listens.
    """
    fewest_leads, fewest, moved_at = maxsize, maxsize, monotonic()
    asked = has_a_worker = False
    while True:
        async with database.transaction() as session:
            waiting = await selections.waiting_for(session, campaign)
            has_a_worker = asked and await selections.has_a_worker(session)
        show(waiting.leads)
        if not waiting.leads:
            return Watched(waiting=0)
        if waiting.leads < fewest_leads or waiting.everything < fewest:
            moved_at = monotonic()
        fewest_leads, fewest = min(fewest_leads, waiting.leads), min(fewest, waiting.everything)
        still = monotonic() - moved_at
        if asked and still > (PATIENCE_WITH_A_WORKER_SECONDS if has_a_worker else PATIENCE_SECONDS):
            return Watched(waiting=waiting.leads, has_a_worker=has_a_worker)
        if still > UNEASY_SECONDS and not asked:
            async with database.transaction() as session:
                ask(await selections.has_a_worker(session))
            asked = True
        await asyncio.sleep(LOOK_SECONDS)


async def _has_no_unknown_targets(session: AsyncSession, checked: Checked) -> None:
    """A campaign that leads on to one that was never started would strand its leads there."""
    known = {row.name for row in await selections.started_campaigns(session)}
    folder = checked.file.parent
    fix = f"start it first, with: campaign start {folder / '{name}.yaml'}"
    if problems := list(unknown_targets(checked, known, fix)):
        raise WrongInput(*map(str, problems))


async def _fits_beside_the_others(session: AsyncSession, checked: Checked) -> None:
    """A form is one campaign's, and all campaigns that run share one stage model, because a lead has one stage. Raises WrongInput."""
    campaign = checked.campaign
    assert campaign is not None
    source = read_source(checked.text, str(checked.file))
    problems = []
    for other in await campaigns.running(session):
        if other.name == campaign.name:
            continue
        for name in [name for name in campaign.forms if name in other.forms]:
            what = f"the form '{name}' is already the form of the campaign '{other.name}', which runs"
            line = source.line_of(("forms", name))
            problems.append(Problem(file=str(checked.file), line=line, what=what, fix="give this one another name"))
        if other.stages != campaign.stages:
            what = f"its stage model is '{campaign.stages}', but the campaign '{other.name}', which runs, has '{other.stages}'"
            fix = f"all campaigns that run share one: write 'stages: {other.stages}'"
            problems.append(Problem(file=str(checked.file), line=source.line_of(("stages",)), what=what, fix=fix))
    if problems:
        raise WrongInput(*map(str, problems), "nothing was started")
