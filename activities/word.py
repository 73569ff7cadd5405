"""Says a word to the reps, the leader, service or marketing, once. Nothing waits for ever for a service that does not take it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.moment import moment_of
from activities.notify import Notifier, NotTold, Word
from nurture.actions import Receipt, Tell
from nurture.kinds import Audience
from nurture.standing import Record
from store.database import Database
from store.desk import desks, notifications, tasks
from store.journeys import standings
from store.leads import leads
from store.tables import Handover, Lead
from store.team.reps import SALES, owner_for

ATTEMPTS: Final = 7
"""How often a service is asked to take a notification, over some two minutes: meanwhile nothing else is done for the lead."""

_log = logging.getLogger(__name__)


class WordActivities:
    """Word to somebody of us, which asks for no answer."""

    def __init__(self, database: Database, notifier: Notifier) -> None:
        self._database = database
        self._notifier = notifier

    @activity.defn(name="tell")
    async def tell(self, word: Tell, record: Record) -> Receipt:
        """Tell whoever is meant. The lead's owner hears it where the reps do, by name, unless away."""
        at = moment_of(word.at)
        async with self._database.transaction() as session:
            await standings.write(session, word.lead, record)

        async def say() -> bool:
            if word.handover is not None:
                return await self._say_who_has_it(word.handover, word.to, at)
            async with self._database.transaction() as session:
                lead = await session.get_one(Lead, word.lead)
                named = await owner_for(session, word.lead, word.to, at) if word.to is Audience.OWNER else ""
                about = Word(
                    lead=lead.id,
                    name=leads.name_of(lead),
                    company=await leads.company_of(session, lead),
                    say=word.say,
                    why=word.why,
                    to="" if named == SALES else named,
                )
            await self._notifier.tell_of_lead(word.to, about)
            return True

        await tell_once(self._database, say, key=str(word.key), audience=word.to, lead=word.lead, at=at)
        return Receipt()

    async def _say_who_has_it(self, handover: UUID, to: Audience, at: datetime) -> bool:
        """Tell of a task that was given to somebody, unless it was answered or given on since."""
        async with self._database.transaction() as session:
            given = await session.get(Handover, handover)
            task = await tasks.get(session, given.task_id) if given else None
            latest = await desks.handovers(session, given.task_id) if given else []
        if given is None or task is None or not task.is_open or latest[0].id != handover:
            return False
        handed = f"{given.giver} hands this to {given.taker}" + (f": {given.word}" if given.word else ".")
        await self._notifier.tell_of_task(to, task, at, handed=handed)
        return True


async def tell_once(
    database: Database,
    say: Callable[[], Awaitable[bool]],
    *,
    key: str,
    audience: Audience,
    lead: UUID,
    at: datetime,
    task: UUID | None = None,
) -> None:
    """Say something unless it was said. ``say`` gives False where there is nothing to say any more, and raises NotTold.

    Told before it is marked: a rep who hears of a task twice is better than one who never does. Raises ApplicationError, for Temporal to
    try again; after some attempts it is given up, and what it was about is in the inbox all the same.
    """
    async with database.transaction() as session:
        if not await notifications.claim(session, key, task, audience, at, lead_id=lead):
            return
    try:
        if not await say():
            return
    except NotTold as error:
        if activity.info().attempt < ATTEMPTS:
            raise ApplicationError(str(error), type="NotTold") from None
        _log.error("lead %s: the %s could not be told of %s, and that is given up", lead, audience, key)
        return
    async with database.transaction() as session:
        await notifications.told(session, key, at)
