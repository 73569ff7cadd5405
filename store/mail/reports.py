"""What mail providers report of letters: stored first, then taken into account, each once and in whatever order they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.leadside import Bounced, OptedOut
from store.bulk import chunks, lock_leads
from store.consent import consents
from store.consent.consents import EVERYTHING
from store.leads import engagements, keyed
from store.mail import deliveries
from store.mail.deliveries import Fact
from store.tables import ProviderEvent

PATIENCE: Final = timedelta(hours=1)
"""How long a report waits for its letter: it may be faster than our own commit. After that it is of somebody else's letter."""

_DIRECTLY: Final = {"synchronize_session": False}


class Happening(StrEnum):
    """What can be reported of a letter, in the words of django-anymail.

    Bounced is for good; deferred and failed are no fault of the address. Opened and clicked steer nothing: machines do both. Clicks that
    count are those of our own links (``store.mail.clicks``).
    """

    QUEUED = "queued"
    SENT = "sent"
    REJECTED = "rejected"
    FAILED = "failed"
    BOUNCED = "bounced"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    AUTORESPONDED = "autoresponded"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    SUBSCRIBED = "subscribed"
    UNKNOWN = "unknown"


_TAKEN_IN: Final = {
    Happening.DELIVERED: Fact.DELIVERED,
    Happening.BOUNCED: Fact.BOUNCED,
    Happening.REJECTED: Fact.BOUNCED,
    Happening.OPENED: Fact.OPENED,
    Happening.COMPLAINED: Fact.COMPLAINED,
    Happening.UNSUBSCRIBED: None,
}
"""What is written on the ledger, or steers the lead alone. The others are only kept."""

_FOR_GOOD: Final = {
    Happening.BOUNCED: "bounced",
    Happening.REJECTED: "bounced",  # the provider itself will not write to this address again
    Happening.COMPLAINED: "complained",
    Happening.UNSUBSCRIBED: "unsubscribed",
}
"""After these nothing is written to the address again, for this reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One event. ``id`` makes a repetition recognisable. The letter is named by our key, the provider's id or the Message-ID.

    ``address`` is the recipient's where it was told; it is acted on, and not kept.
    """

    id: str
    kind: Happening
    at: datetime
    key: UUID | None = None
    provider_id: str = ""
    message_id: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A stored report that is not taken in yet, with the letter that it is of."""

    id: str
    kind: Happening
    at: datetime
    key: UUID
    lead_id: UUID
    address: str


async def keep(session: AsyncSession, provider: str, reports: Sequence[Report], now: datetime) -> bool:
    """Store what is reported, and say whether any of it is new. An address that is refused for good is refused at once."""
    first: dict[str, Report] = {}
    for report in reports:
        first.setdefault(report.id, report)
    rows = [
        {
            "id": report.id,
            "kind": report.kind,
            "at": min(report.at, now).isoformat(),
            "touch_key": report.key and str(report.key),
            "provider_id": report.provider_id,
            "message_id": f"<{report.message_id.strip('<> ')}>" if report.message_id else "",
            "taken_in": report.kind in _TAKEN_IN,
        }
        for report in first.values()
    ]
    new: set[str] = set()
    for chunk in chunks(rows):
        new.update(await session.scalars(_KEEP, {"provider": provider, "rows": chunk, "now": now}))
    for_good = [one for one in first.values() if one.id in new and one.address and one.kind in _FOR_GOOD]
    gone = await keyed.erased(session, {report.address for report in for_good})  # of whom no hash is kept that others could try out
    for report in sorted(for_good, key=lambda report: report.address):
        if report.address not in gone:
            await consents.suppress(session, report.address, EVERYTHING, _FOR_GOOD[report.kind], now)
    return bool(new)


async def waiting(session: AsyncSession, provider: str, now: datetime, since: timedelta = PATIENCE) -> list[Told]:
    """What is to be taken in of what came in the last time, for each lead in its order: also what came before its letter was known.

    It is this transaction's until it ends, and nobody else's; leads come in the order of their ids, as whoever locks several does.
    """
    rows = await session.execute(_WAITING, {"provider": provider, "since": now - since})
    return [_told(row) for row in rows]


def _told(row: Row[Any]) -> Told:
    fields: dict[str, Any] = {**row._asdict(), "kind": Happening(row.kind)}
    return Told(**fields)


async def take(session: AsyncSession, provider: str, told: Sequence[Told], now: datetime) -> None:
    """Take stored reports in, all or none of them: on the ledger, and where it is for good, for the lead."""
    for_good = [one for one in told if one.kind in _FOR_GOOD]
    if for_good:
        await lock_leads(session, [one.lead_id for one in for_good])
    await deliveries.came_back(session, [(one.key, fact, one.at) for one in told if (fact := _TAKEN_IN[one.kind])])
    for one in for_good:
        reason = _FOR_GOOD[one.kind]
        await consents.suppress(session, one.address, EVERYTHING, reason, now)
        happened: Engagement = Bounced(at=one.at) if reason == "bounced" else OptedOut(at=one.at)
        await engagements.record(session, one.lead_id, happened, source=provider, key=f"{reason}:{one.key}")
    taken = update(ProviderEvent).where(ProviderEvent.provider == provider, ProviderEvent.id.in_([one.id for one in told]))
    await session.execute(taken.values(taken_at=now), execution_options=_DIRECTLY)


_KEEP: Final = text("""
    INSERT INTO provider_events (provider, id, kind, at, touch_key, provider_id, message_id, received_at, taken_at)
    SELECT CAST(:provider AS text), id, kind, at, touch_key, provider_id, message_id, CAST(:now AS timestamptz),
        CASE WHEN NOT taken_in THEN CAST(:now AS timestamptz) END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS told (id text, kind text, at timestamptz, touch_key uuid, provider_id text, message_id text, taken_in boolean)
    ON CONFLICT DO NOTHING
    RETURNING id
""")

_WAITING: Final = text("""
    SELECT told.id, told.kind, told.at, letter.key, letter.lead_id, letter.address
    FROM provider_events AS told
    CROSS JOIN LATERAL (
        SELECT key, lead_id, address FROM touches WHERE key = told.touch_key
        UNION ALL
        SELECT key, lead_id, address FROM touches WHERE provider_id = told.provider_id AND provider_id <> ''
        UNION ALL
        SELECT key, lead_id, address FROM touches WHERE message_id = told.message_id
        LIMIT 1
    ) AS letter
    WHERE told.provider = :provider AND told.taken_at IS NULL AND told.received_at >= :since
    ORDER BY letter.lead_id, told.received_at, told.at
    FOR UPDATE OF told SKIP LOCKED
""")
