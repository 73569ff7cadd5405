"""Does what ``webhooks`` asks for: adds receivers, switches, renews and tries them, and sends again what is dead."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commands.console import WrongInput
from commands.front import Clock, database, system_user
from nurture.events import GROUPS, TYPES
from store.machines import outbox, receivers
from store.machines.outbox import Dead
from store.machines.receiver import BY_HAND, Receiver, WrongReceiver
from store.tables import WebhookMessage
from store.team import audit
from store.team.audit import Deed, On

PATIENCE_SECONDS: Final = 20
"""How long a worker has to send a message that somebody waits for."""


async def add(url: str, kinds: Sequence[str], with_person: bool, now: Clock) -> tuple[Receiver, str]:
    """Add a receiver; gives it with its secret. Raises WrongInput."""
    key = _key()
    inside = os.environ.get("WEBHOOKS_INSIDE", "").lower() in ("1", "true", "yes", "on")
    try:
        async with _session() as session:
            by = system_user()
            made, secret = await receivers.add(session, url, kinds, by=by, key=key, now=now(), with_person=with_person, inside=inside)
            after = {"kinds": list(made.kinds), "with_person": made.with_person}
            await audit.note(session, by, Deed.WEBHOOK_ADDED, On.WEBHOOK, made.id, made.made_at, after=after)
            return made, secret
    except WrongReceiver as wrong:
        known = f"; there is: {', '.join((*GROUPS, *TYPES))}" if wrong.code == "kinds" else ""
        raise WrongInput(f"{'--of' if wrong.code == 'kinds' else 'URL'}: {wrong}{known}") from None


async def every() -> list[Receiver]:
    """All receivers, the oldest first."""
    async with _session() as session:
        return await receivers.every(session)


async def remove(start: str, now: Clock) -> Receiver:
    """Remove a receiver with its messages. Raises WrongInput."""
    async with _session() as session:
        one = await _one(session, start)
        await receivers.remove(session, one.id)
        await audit.note(session, system_user(), Deed.WEBHOOK_REMOVED, On.WEBHOOK, one.id, now())
        return one


async def switch(start: str, now: Clock, *, on: bool) -> Receiver:
    """Switch a receiver on or off; gives it as it is then. Raises WrongInput."""
    async with _session() as session:
        one = await _one(session, start)
        if on:
            await receivers.switch_on(session, one.id)
        elif one.off_at is None:
            await receivers.switch_off(session, one.id, BY_HAND, now())
        await audit.note(session, system_user(), Deed.WEBHOOK_CHANGED, On.WEBHOOK, one.id, now(), after={"deed": "on" if on else "off"})
        return await _one(session, str(one.id))


async def rotate(start: str, now: Clock) -> tuple[Receiver, str]:
    """Give a receiver another secret, which is the second of both. Raises WrongInput."""
    key = _key()
    async with _session() as session:
        one = await _one(session, start)
        await audit.note(session, system_user(), Deed.WEBHOOK_CHANGED, On.WEBHOOK, one.id, now(), after={"deed": "rotate"})
        return one, await receivers.rotate(session, one, key, now())


async def test(start: str, now: Clock) -> tuple[Receiver, WebhookMessage | None]:
    """Send a message that says nothing; gives what became of it once a worker tried. Raises WrongInput."""
    async with database() as db:
        async with db.transaction() as session:
            one = await _one(session, start)
            if one.off_at is not None:
                raise WrongInput(f"ID: {one.url} is switched off; 'webhooks on' switches it on")
            id = await outbox.test(session, one.id, now())
        for _ in range(PATIENCE_SECONDS * 4):
            await asyncio.sleep(0.25)
            async with db.transaction() as session:
                sent = await outbox.get(session, id)
            if sent is None or sent.delivered_at is not None or sent.problem:
                break
        return one, sent


async def dead(most: int) -> list[Dead]:
    """What was given up, the last first."""
    async with _session() as session:
        return await outbox.dead(session, most)


async def again(message: str, to: str, now: Clock) -> int:
    """Send a dead message again, or all of a receiver; how many. Raises WrongInput."""
    if bool(message) is bool(to):
        raise WrongInput("ID: say which message, or by --to of which receiver all of them")
    async with _session() as session:
        receiver_id: UUID | None = (await _one(session, to)).id if to else None
        sent = await outbox.again(session, now(), start=message, receiver_id=receiver_id)
        if sent:
            await audit.note(session, system_user(), Deed.DELIVERY_RETRIED, On.WEBHOOK, receiver_id or message, now())
    if not sent:
        raise WrongInput(
            "ID: nothing there is dead, or its receiver is switched off; 'webhooks dead' and 'webhooks list' show what there is"
        )
    return sent


@asynccontextmanager
async def _session() -> AsyncIterator[AsyncSession]:
    async with database() as db, db.transaction() as session:
        yield session


async def _one(session: AsyncSession, start: str) -> Receiver:
    found = await receivers.find(session, start)
    if len(found) != 1:
        which = "several receivers begin or end" if found else "no receiver begins or ends"
        raise WrongInput(f"ID: {which} with '{start}'; 'webhooks list' names them")
    return found[0]


def _key() -> str:
    """What receivers' secrets follow from."""
    if not (key := os.environ.get("LINK_SECRET")):
        raise WrongInput("LINK_SECRET is missing; the secrets of receivers follow from it")
    return key
