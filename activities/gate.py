"""Stops everybody's letters where a transport refuses us, tells operators, and finds out by single letters when it takes them again."""

import logging
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.notify import Notifier, NotTold
from mail.answers import SenderBlocked
from nurture.actions import SendTouch
from store.database import Database
from store.mail import blocks
from store.mail.blocks import BY_PROBE, Block

LOOK_AGAIN: Final = timedelta(minutes=10)
"""How long a letter that waits at the gate waits before it looks again. The same for all, so that they go in the order they came in."""

_log = logging.getLogger(__name__)


class Gate:
    """What every letter passes. ``transport`` is the name of the one that letters go by."""

    def __init__(self, database: Database, notifier: Notifier, transport: str) -> None:
        self._database = database
        self._notifier = notifier
        self._transport = transport

    async def let_through(self, session: AsyncSession, touch: SendTouch) -> None:
        """Let a letter go as a probe though the transport is blocked, or raise, for Temporal to try it later."""
        if not await blocks.probe(session, self._transport, touch.key, _now()):
            raise _wait(f"{self._transport} refuses this sender")

    async def open(self, session: AsyncSession) -> None:
        """A probe was taken: letters go again."""
        for block in await blocks.lift(session, _now(), by=BY_PROBE, transport=self._transport):
            _log.warning("%s takes letters again; it was blocked since %s", block.transport, block.blocked_at)

    async def shut(self, touch: SendTouch, refused: SenderBlocked) -> None:
        """Stop all letters and tell operators, and raise, for Temporal to try this one later.

        Returns only where the letter is refused though others are taken: then it is about its recipient after all.
        """
        async with self._database.transaction() as session:
            if await blocks.is_its_own_affair(session, self._transport, touch.key):
                return
            now = _now()
            if await blocks.block(session, self._transport, touch.key, code=refused.code, status=refused.status, at=now):
                _log.error("%s refuses this sender (%s %s): letters wait", self._transport, refused.code, refused.status)
        try:
            async with self._database.transaction() as session:
                await blocks.tell(session, self._transport, now, self._alarm)
        except NotTold as error:
            _log.error("operators do not know that letters wait: %s", error)
        raise _wait(str(refused))

    async def _alarm(self, block: Block) -> None:
        answer = " ".join(filter(None, [str(block.code or ""), block.status])) or "no code"
        lines = [
            f"{block.transport} refuses us as a sender since {block.blocked_at:%Y-%m-%d %H:%M} UTC ({answer}), whoever the recipient is.",
            "Letters wait, and go later in their order and under the caps. Every quarter of an hour one is tried.",
            "When you have put it right: python starter.py mail resume",
        ]
        await self._notifier.tell_operators("Letters have stopped", "\n".join(lines))


def _wait(said: str) -> ApplicationError:
    # Benign: the block is logged once, not again with each letter that waits.
    return ApplicationError(said, type=SenderBlocked.__name__, next_retry_delay=LOOK_AGAIN, category=ApplicationErrorCategory.BENIGN)


def _now() -> datetime:
    """The time of the server, which tests may skip."""
    return activity.info().current_attempt_scheduled_time
