"""What the page about webhooks shows of a receiver, and of a message that did not arrive, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.machines.outbox import Dead
from store.machines.receiver import Receiver
from web.moments import from_now
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverView:
    """A receiver in words."""

    id: UUID
    host: str
    url: str
    of: list[str]
    with_person: bool
    made_by: str
    how: str
    is_well: bool
    is_on: bool
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadView:
    """A message that was given up, in words."""

    id: UUID
    type: str
    host: str
    problem: str
    when: str


def receiver_view(one: Receiver, now: datetime, language: str) -> ReceiverView:
    """The receiver as a page shows it."""
    w = words(language)
    return ReceiverView(
        id=one.id,
        host=one.host,
        url=one.url,
        of=[w.get(f"event_{kind}", kind) for kind in one.kinds] or [w["receiver_everything"]],
        with_person=one.with_person,
        made_by=w["receiver_by"].format(who=one.made_by, when=from_now(one.made_at, now, language)),
        how=_how(one, now, language),
        is_well=one.off_at is None and one.failing_since is None,
        is_on=one.off_at is None,
        waiting=one.waiting,
        dead=one.dead,
    )


def _how(one: Receiver, now: datetime, language: str) -> str:
    w = words(language)
    if one.off_at is not None:
        why = w[f"receiver_off_{one.off_because.replace(' ', '_')}"]
        return w["receiver_off"].format(when=from_now(one.off_at, now, language), why=why)
    if one.failing_since is not None:
        fails = w["receiver_fails"].format(when=from_now(one.failing_since, now, language))
        return f"{fails}: {one.problem}" if one.problem else fails
    return w["receiver_untried" if one.is_untried(now) else "receiver_well"]


def dead_view(one: Dead, now: datetime, language: str) -> DeadView:
    """The message as a page shows it."""
    return DeadView(id=one.id, type=one.type, host=one.host, problem=one.problem, when=from_now(one.dead_at, now, language))
