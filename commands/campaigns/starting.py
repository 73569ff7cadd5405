"""Starts the campaign of a file, and watches the workers carry its leads to Temporal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from sys import maxsize
from time import monotonic
from typing import Final

from commands.console import WrongInput
from commands.front import system_user
from mail.checking import Checked
from store.database import Database
from store.journeys import selections, starting
from store.journeys.starting import CannotStart, Choice, Source, Started, UnderWay
from store.team import audit
from store.team.audit import Deed, On

LOOK_SECONDS: Final = 0.5
UNEASY_SECONDS: Final = 10.0
"""How long nothing may move before we ask whether a worker runs: longer than a relay takes to look again."""

PATIENCE_SECONDS: Final = 60.0
"""How long nothing may move before we stop watching, where no worker listens."""

PATIENCE_WITH_A_WORKER_SECONDS: Final = 600.0
"""The same where one does: a busy machine takes its time for the first hundreds, and Temporal may come back."""


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
    source = Source(campaign=campaign, text=checked.text, file=str(checked.file))
    first = f"start it first, with: campaign start {checked.file.parent / '{name}.yaml'}"
    try:
        async with database.transaction() as session:
            if rehearse:
                started = await starting.foresee(session, source, choose, now, under_way=under_way, first=first)
            else:
                started = await starting.start(session, source, choose, now, under_way=under_way, by="starter", first=first)
                after = {"ref": started.ref, "leads": started.enrolled, "under_way": str(under_way)}
                await audit.note(session, system_user(), Deed.CAMPAIGN_STARTED, On.CAMPAIGN, campaign.name, now, after=after)
    except CannotStart as wrong:
        raise WrongInput(*map(str, wrong.problems), "nothing was started") from None
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
