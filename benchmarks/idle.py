"""The product's activities with their effects taken out: the same names, what comes in and what goes out."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from temporalio import activity

from nurture.actions import EnrollElsewhere, Escalate, HandOff, Receipt, SendTouch
from nurture.standing import Record
from nurture.state import LeadState

TOUCHED: Final = "touched "
"""How the line begins that says which lead was touched."""


@activity.defn
async def send_touch(touch: SendTouch, record: Record) -> Receipt:
    """Send no letter, but say so."""
    print(f"{TOUCHED}{touch.lead}", flush=True)
    return Receipt()


@activity.defn
async def hand_off(handoff: HandOff, record: Record) -> Receipt:
    """Call nobody."""
    return Receipt()


@activity.defn
async def escalate(escalation: Escalate, record: Record) -> Receipt:
    """Tell nobody."""
    return Receipt()


@activity.defn
async def enroll_elsewhere(order: EnrollElsewhere, record: Record) -> Receipt:
    """Enroll in nothing."""
    return Receipt()


@activity.defn
async def write_down(lead: UUID, record: Record) -> None:
    """Keep nothing."""


@activity.defn
async def recall(lead: UUID, seen: int) -> None:
    """Relay nothing again."""


@activity.defn
async def close(state: LeadState, record: Record) -> None:
    """Leave nothing behind."""


ACTIVITIES: Final[Sequence[Callable[..., Any]]] = (send_touch, hand_off, escalate, enroll_elsewhere, write_down, recall, close)
