"""Carries what happened to receivers of webhooks: in order for each lead, again until it is taken, and no receiver waits for another."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from nurture.events import sent_again_at
from store.database import Database
from store.machines import outbox, receivers
from store.machines.outbox import Message, Outcome
from store.machines.receiver import GONE
from workflows.listening import keep_listening
from workflows.posting import AT_ONCE, PATIENCE_SECONDS, Answer, Post

LOOK_AGAIN_SECONDS: Final = 15.0
"""How long a notification that was lost may lie."""

HELD_FOR: Final = timedelta(seconds=4 * PATIENCE_SECONDS)
"""A message that was taken to be sent so long ago was taken by a worker that is gone."""

HOUSEKEEPING_SECONDS: Final = 60.0
_SHORTEST_SECONDS: Final = 0.05
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Messages that go to one receiver at once, the secrets that prove them, and who their leads are, where it is told that."""

    messages: list[Message]
    secrets: list[str]
    persons: dict[UUID, dict[str, str]]

    def body(self, message: Message) -> str:
        """The message as Standard Webhooks writes it: ``type``, ``timestamp`` and ``data``."""
        data: dict[str, Any] = dict(message.facts)
        if message.lead_id is not None:
            data["lead_id"] = str(message.lead_id)
            if message.lead_id in self.persons:
                data["lead"] = self.persons[message.lead_id]
        return json.dumps({"type": message.type, "timestamp": message.at.isoformat(), "data": data}, ensure_ascii=False)


class Courier:
    """Runs in every worker; each takes messages that no other has. Without receivers it reads an empty table now and then.

    ``key`` is what receivers' secrets follow from, ``tell`` gets a title and words for operators, and says whether somebody took them.
    """

    def __init__(
        self, database: Database, post: Post, key: str, tell: Callable[[str, str], Awaitable[bool]], now: Callable[[], datetime]
    ) -> None:
        self._database, self._post, self._key, self._tell, self._now = database, post, key, tell, now
        self._heard = asyncio.Event()
        self._busy: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Carry whatever there is, until cancelled."""
        house = asyncio.create_task(self._keep_house())
        try:
            await keep_listening(self._database.url, outbox.CHANNEL, self._look, self._heard)
        finally:
            for task in (house, *self._busy.values()):
                task.cancel()

    async def serve(self, id: UUID) -> int:
        """Send what is due to one receiver, until nothing is or it is to be left alone; how many attempts that were."""
        attempts = 0
        async with self._database.transaction() as session:
            known = await receivers.get(session, id)
        if known is None:
            return attempts
        async with self._post.to(known.url) as way:
            while batch := await self._batch(id):
                answers = await asyncio.gather(
                    *(way.send(str(message.id), batch.body(message), batch.secrets) for message in batch.messages)
                )
                await self._settle(id, batch.messages, answers)
                attempts += len(answers)
        return attempts

    async def _look(self) -> float:
        """Begin with every receiver whose turn it is; in how many seconds to look again."""
        now, soonest = self._now(), LOOK_AGAIN_SECONDS
        async with self._database.transaction() as session:
            schedule = await receivers.schedule(session, now)
        for id, next_at in schedule:
            if id in self._busy:
                continue
            if next_at > now:
                soonest = min(soonest, max((next_at - now) / timedelta(seconds=1), _SHORTEST_SECONDS))
            else:
                self._busy[id] = asyncio.create_task(self._serve(id))
        return soonest

    async def _serve(self, id: UUID) -> None:
        try:
            await self.serve(id)
            self._heard.set()
        except (SQLAlchemyError, OSError) as error:
            _log.warning("webhooks to receiver %s wait (%s)", id, type(error).__name__)
        finally:
            del self._busy[id]

    async def _batch(self, id: UUID) -> _Batch | None:
        now = self._now()
        async with self._database.transaction() as session:
            receiver = await receivers.get(session, id)
            if receiver is None or receiver.off_at is not None or (receiver.rests_until is not None and receiver.rests_until > now):
                return None
            messages = await outbox.take(session, id, AT_ONCE, now, now + HELD_FOR)
            if not messages:
                return None
            leads = {message.lead_id for message in messages if message.lead_id is not None and receiver.with_person}
            persons = await outbox.persons(session, leads) if leads else {}
        return _Batch(messages=messages, secrets=receiver.secrets(self._key, now), persons=persons)

    async def _settle(self, id: UUID, messages: Sequence[Message], answers: Sequence[Answer]) -> None:
        """Write down what became of them. A receiver that took any of them is well; only where it took none, something is wrong with it."""
        now, luck = self._now(), random.random()
        wish = max((answer.wish for answer in answers if answer.wish), default=None)
        async with self._database.transaction() as session:
            if all(answer.problem for answer in answers):
                await receivers.failed(session, id, now, luck, rests=any(answer.rests for answer in answers), wish=wish)
            else:
                await receivers.took(session, id)
            await outbox.settle(session, [_outcome(*pair, now, luck) for pair in zip(messages, answers, strict=True)], now)
            if any(answer.is_gone for answer in answers):
                await receivers.switch_off(session, id, GONE, now)

    async def _keep_house(self) -> None:
        while True:
            try:
                await self.keep_house()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("receivers of webhooks cannot be looked after (%s): tried again soon", type(error).__name__)
            await asyncio.sleep(HOUSEKEEPING_SECONDS)

    async def keep_house(self) -> None:
        """Tell operators of receivers that were switched off, until they can be told, and forget messages of long ago."""
        now = self._now()
        async with self._database.transaction() as session:
            await outbox.forget(session, now)
        async with self._database.transaction() as session:
            for receiver in await receivers.untold(session):
                why = "it answered that it is gone" if receiver.off_because == GONE else "it took nothing for days"
                title = f"Webhooks to {receiver.host} are switched off: {why}"
                if await self._tell(title, "What waited for it can be sent again. What to do: starter.py webhooks list"):
                    await receivers.told(session, receiver.id, now)


def _outcome(message: Message, answer: Answer, now: datetime, luck: float) -> Outcome:
    if not answer.problem:
        return Outcome(id=message.id)
    due_at = None if answer.is_gone else sent_again_at(message.attempts, now, luck, answer.wish)
    return Outcome(id=message.id, problem=answer.problem, due_at=due_at)
