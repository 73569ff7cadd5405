"""Starts a campaign: its edition is kept and its leads are enrolled in one transaction; the workers then carry them to Temporal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from commands.checking import Checked, unknown_targets
from commands.choosing import Choice
from commands.console import WrongInput
from store import campaigns, enrollments, selections
from store.database import Database
from store.selections import Mailable

LOOK_SECONDS: Final = 0.5
UNEASY_SECONDS: Final = 10.0
"""How long nothing may move before we ask whether a worker runs: longer than a relay takes to look again."""

PATIENCE_SECONDS: Final = 60.0
"""How long nothing may move before we stop watching: a busy machine takes its time for the first hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What came of a start. ``already`` were in the campaign before and stay in the edition that they have."""

    campaign: str
    ref: str
    topic: str
    is_new_edition: bool
    chosen: int
    enrolled: int
    already: int
    unknown: int
    unread: int
    mailable: Mailable


class _Rehearsed(Exception):
    """Undoes a transaction that was only to show what it would do."""


async def start(database: Database, checked: Checked, choose: Choice, now: datetime, *, rehearse: bool = False) -> Started:
    """Keep the edition and enroll the leads, all of it or nothing; with ``rehearse`` nothing, but as if. Raises WrongInput."""
    campaign = checked.campaign
    assert campaign is not None
    started: Started | None = None
    try:
        async with database.transaction() as session:
            await _has_no_unknown_targets(session, checked)
            before = await campaigns.current(session, campaign.name)
            chosen = await choose(session)
            await campaigns.keep(session, campaign, checked.text, now)
            enrolled = await enrollments.enroll_all(session, chosen.ids, campaign, now, source="starter")
            started = Started(
                campaign=campaign.name,
                ref=campaign.ref,
                topic=campaign.topic,
                is_new_edition=before is None or before.ref != campaign.ref,
                chosen=len(chosen.ids),
                enrolled=enrolled,
                already=len(chosen.ids) - enrolled,
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


async def carried(database: Database, campaign: str, show: Callable[[int], None], ask: Callable[[], None]) -> int:
    """Watch the workers carry the campaign's leads to Temporal, until all are there or nothing moves any more. Gives how many still wait.

    ``ask`` is called once when nothing has moved for a while.
    """
    least, moved_at, asked = -1, monotonic(), False
    while True:
        async with database.transaction() as session:
            waiting = await selections.waiting_for(session, campaign)
        show(waiting)
        if waiting != least:
            least, moved_at = waiting, monotonic()
        still = monotonic() - moved_at
        if not waiting or still > PATIENCE_SECONDS:
            return waiting
        if still > UNEASY_SECONDS and not asked:
            ask()
            asked = True
        await asyncio.sleep(LOOK_SECONDS)


async def _has_no_unknown_targets(session: AsyncSession, checked: Checked) -> None:
    """A campaign that leads on to one that was never started would strand its leads there."""
    known = {row.name for row in await selections.started_campaigns(session)}
    folder = checked.file.parent
    fix = f"start it first, with: campaign start {folder / '{name}.yaml'}"
    if problems := list(unknown_targets(checked, known, fix)):
        raise WrongInput(*map(str, problems))
