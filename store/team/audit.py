"""The audit log: every change that a person makes, on which thing, and what was there before.

Whoever changes something calls ``note`` in the same transaction: so there is no change without its line, and no line without its change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Audit

PAGE: Final = 50
"""Lines that are shown at once."""


class On(StrEnum):
    """What kind of thing was changed."""

    TASK = "task"
    LEAD = "lead"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"
    PERSON = "person"
    """Of the team; its subject is the name."""
    SENDING = "sending"
    """Letters as a whole, or a lane of them; its subject is the lane, or ``*``."""
    LETTER = "letter"
    STRAY = "stray"
    TOKEN = "token"
    WEBHOOK = "webhook"


class Deed(StrEnum):
    """What a person did. Pages say it by the word ``did_<deed>``, in both languages."""

    SIGNED_IN = "signed_in"
    PERSON_TAKEN_IN = "person_taken_in"
    PERSON_CHANGED = "person_changed"
    PERSON_TAKEN_OUT = "person_taken_out"
    LINK_MADE = "link_made"
    REP_AWAY = "rep_away"
    REP_BACK = "rep_back"

    TASK_CLAIMED = "task_claimed"
    TASK_RELEASED = "task_released"
    TASK_SNOOZED = "task_snoozed"
    TASK_HANDED_OVER = "task_handed_over"
    TASK_ANSWERED = "task_answered"
    TASK_ADDED = "task_added"
    LETTER_WRITTEN = "letter_written"

    LEAD_CHANGED = "lead_changed"
    LEAD_MOVED = "lead_moved"
    LEAD_HELD = "lead_held"
    LEAD_RELEASED = "lead_released"
    LEAD_STOPPED = "lead_stopped"
    LEAD_RESUMED = "lead_resumed"
    LETTER_SENT_NOW = "letter_sent_now"
    STEP_SKIPPED = "step_skipped"
    LEADS_IMPORTED = "leads_imported"
    LEAD_ENROLLED = "lead_enrolled"
    ENGAGEMENT_RECORDED = "engagement_recorded"
    CONTRACT_CHANGED = "contract_changed"
    CONSENT_CHANGED = "consent_changed"
    LEAD_EXPORTED = "lead_exported"
    LEAD_ERASED = "lead_erased"

    CAMPAIGN_STARTED = "campaign_started"
    CAMPAIGN_HELD = "campaign_held"
    CAMPAIGN_RESUMED = "campaign_resumed"
    TEST_SENT = "test_sent"

    SENDING_STOPPED = "sending_stopped"
    SENDING_RESUMED = "sending_resumed"
    PACE_SET = "pace_set"
    BLOCK_LIFTED = "block_lifted"
    DOUBT_SETTLED = "doubt_settled"
    STRAY_SETTLED = "stray_settled"

    TOKEN_MADE = "token_made"
    TOKEN_REVOKED = "token_revoked"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_REMOVED = "webhook_removed"
    DELIVERY_RETRIED = "delivery_retried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which lines are wanted; what is empty does not matter. ``since`` and ``until`` are days in UTC, and both are in it."""

    who: str = ""
    on: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


async def note(
    session: AsyncSession,
    who: str,
    deed: Deed,
    on: On,
    subject: object,
    at: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down that ``who`` (the name of a person of the team) did ``deed`` to one thing, in the transaction that changes it.

    ``subject`` is its id or its name: ``note(session, who.name, Deed.TASK_CLAIMED, On.TASK, task_id, now)``. ``before`` and ``after`` hold
    what changed as JSON values: closed words, numbers, days and names of the team, never a lead's name, address, company or free text.
    """
    line = {name: dict(values) if values is not None else None for name, values in (("before", before), ("after", after))}
    session.add(Audit(at=at, who=who, what=deed, kind=on, subject=str(subject), **line))


async def lines(session: AsyncSession, asked: Asked, *, below: int | None = None, limit: int = PAGE) -> list[Audit]:
    """The newest lines first, at most ``limit``; ``below`` is the id of the last one that was shown, to go on behind it."""
    wanted = select(Audit).order_by(Audit.id.desc()).limit(limit)
    for column, value in ((Audit.who, asked.who), (Audit.kind, asked.on), (Audit.subject, asked.subject)):
        wanted = wanted.where(column == value) if value else wanted
    if asked.since is not None:
        wanted = wanted.where(Audit.at >= datetime.combine(asked.since, time(), UTC))
    if asked.until is not None:
        wanted = wanted.where(Audit.at <= datetime.combine(asked.until, time.max, UTC))
    if below is not None:
        wanted = wanted.where(Audit.id < below)
    return list(await session.scalars(wanted))
