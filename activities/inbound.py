"""Looks into the mailbox where answers arrive, and takes every message in it once."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.alive import alive
from mail.mailbox import Arrived, MailboxAway, MailboxRefused, fetch, name_of
from mail.reading.reader import read
from nurture.mailbox import Cursor, Looked
from settings import Settings
from store.database import Database
from store.mail import inbound

AT_A_TIME: Final = 50
"""Messages a look."""

_FIRST_LOOK: Final = timedelta(days=7)
"""How far back a mailbox is read that was never looked into."""

_OVERLAP: Final = timedelta(days=2)
"""A mailbox that counts anew is read from before the last look: days in IMAP are the server's, and what was taken counts once."""

_log = logging.getLogger(__name__)


class InboundActivities:
    """What comes in by mail."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    @activity.defn(name="look_into_mailbox")
    async def look_into_mailbox(self, cursor: Cursor, at: datetime) -> Looked:
        """Take what came after the cursor, and give the next one. A look that was cut off is done again; what it took counts once.

        Raises ApplicationError while the mailbox is away, for Temporal to try again.
        """
        url = self._settings.imap_url
        again_after = timedelta(seconds=self._settings.imap_every_seconds)
        if not url or name_of(url) != cursor.mailbox:
            return Looked(cursor=cursor, taken=0, again_after=again_after, over=True)
        since = cursor.looked_at - _OVERLAP if cursor.looked_at else at - _FIRST_LOOK
        async with alive():
            try:
                batch = await asyncio.to_thread(fetch, url, validity=cursor.validity, after=cursor.uid, since=since, most=AT_A_TIME)
            except MailboxAway as away:
                _log.log(logging.ERROR if isinstance(away, MailboxRefused) else logging.WARNING, "mailbox %s: %s", cursor.mailbox, away)
                raise ApplicationError(str(away), type=type(away).__name__) from None
            for message in batch.messages:
                await self._take(message, at)
        looked_at = cursor.looked_at if batch.more and cursor.looked_at else at
        onward = Cursor(mailbox=cursor.mailbox, validity=batch.validity, uid=batch.last, looked_at=looked_at)
        return Looked(cursor=onward, taken=len(batch.messages), again_after=again_after, more=batch.more)

    async def _take(self, message: Arrived, at: datetime) -> None:
        verdict = await asyncio.to_thread(read, message.content, message.arrived_at.astimezone(UTC))
        async with self._database.transaction() as session:
            ours = {str(self._settings.sender_address).lower()}
            taken = await inbound.take(session, verdict, message.content, at, source="imap", ours=ours)
        _log.info("mail %s: %s, %s", verdict.digest[:12], verdict.sort, taken)
