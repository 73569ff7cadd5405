"""Lets each letter go when it is its turn: nothing stops it, and its provider, our domain and the recipient's domain have room for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.moment import began_at
from mail.answers import Unavailable
from nurture.actions import Receipt, SendTouch, Status
from nurture.kinds import Refusal
from nurture.pace import Urgency, period, room, turn
from store.mail import pace, stops, touches
from store.mail.pace import Lane
from store.mail.touches import TouchRow

ASKS_AGAIN: Final = timedelta(days=7)
"""When a letter that is stopped asks again by itself. Whoever lifts the stop has it ask at once."""


Opens = Callable[[datetime], datetime]
"""When something that is due at a moment may happen: then, or later."""


class NotYet(Exception):
    """A letter waits; ``receipt`` says for what, and until when."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt


class Turnstile:
    """What every letter passes before it is attempted. ``transport`` is what letters go by, ``domain`` the one that they come from."""

    def __init__(self, transport: str, domain: str) -> None:
        self._lanes = (f"by {transport}", f"from {domain}")

    async def look(self, session: AsyncSession, touch: SendTouch, row: TouchRow, address: str, opens: Opens) -> Receipt | None:
        """None when the letter may go; else what it waits for, which is written down. Nothing is counted.

        ``opens`` says when the lead's window is open, so that nobody has a turn that it cannot take.
        """
        stopped = await stops.of_letter(session, _campaign(touch))
        if stopped is not None:
            said = f"letters of '{stopped}' are stopped" if stopped else "all letters are stopped"
            return await self._put_off(session, touch, stops.lane_of(stopped), began_at() + ASKS_AGAIN, said)
        return await self._wait(session, touch, row, await pace.lanes(session, self._lanes_to(address), began_at()), opens)

    async def count(self, session: AsyncSession, touch: SendTouch, row: TouchRow, address: str) -> None:
        """Count the letter in each of its lanes, in the transaction that counts its attempt. Raises NotYet if there is no room by now."""
        lanes = await pace.lanes(session, self._lanes_to(address), began_at(), locked=True)
        if receipt := await self._wait(session, touch, row, lanes, lambda turn_at: turn_at):
            raise NotYet(receipt)
        await pace.count(session, lanes, began_at())

    async def stay_open(self, session: AsyncSession, touch: SendTouch) -> None:
        """Raises Unavailable for a letter that was stopped after its attempt was counted."""
        if await stops.of_letter(session, _campaign(touch)) is not None:
            raise Unavailable("letters are stopped")

    def _lanes_to(self, address: str) -> tuple[str, ...]:
        return (*self._lanes, f"to {address.rpartition('@')[2].lower()}")

    async def _wait(self, session: AsyncSession, touch: SendTouch, row: TouchRow, lanes: list[Lane], opens: Opens) -> Receipt | None:
        now, answers = began_at(), activity.info().priority.priority_key in (Urgency.HUMAN, Urgency.ANSWER)
        turns = []
        for lane in lanes:
            free = room(lane.pace, lane.count, now, answers=answers)
            if free is None:
                continue
            before = due = 0
            if not answers:  # which go before all that wait
                before, due = await pace.ahead(session, lane.name, touch.key, row.claimed_at, now, period(lane.pace, now))
            if free <= due:
                turns.append((turn(lane.pace, lane.count, now, ahead=before, answers=answers), lane.name))
        if not turns:
            return None
        at, lane_name = max(turns)
        return await self._put_off(session, touch, lane_name, opens(at), "it is not its turn yet, by the pace that is set")

    async def _put_off(self, session: AsyncSession, touch: SendTouch, lane: str, until: datetime, said: str) -> Receipt:
        await touches.waits(session, touch.key, lane, until)
        return Receipt(status=Status.SUPERSEDED, reason=Refusal.PACED, until=until, waits_for=said)


def _campaign(touch: SendTouch) -> str:
    return touch.campaign.partition("@")[0]
